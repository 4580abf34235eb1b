import { isSpellError } from '@llmspell/sdk'
import type { RunRequest, Value } from '@llmspell/sdk'
import { ALL, openHouse } from '../support/kernel.ts'
import type { House } from '../support/kernel.ts'

export const LANGUAGES = ['lua', 'javascript'] as const
export type Language = (typeof LANGUAGES)[number]

/** What came of a script. */
export interface Came {
  readonly value?: Value | undefined
  readonly code?: string
  readonly message?: string
}

/** Both languages, and a store in memory or in a folder. */
export function openStateful(folder?: string, more: object = {}): Promise<House> {
  const kind = folder === undefined ? { store: 'memory' } : { store: 'level', folder }
  const state = { ...kind, ...more }
  const plugins = { state, 'store-level': { reserve_bytes: 0 } }
  return openHouse([...ALL, 'engine-javascript'], [], { plugins })
}

export async function ran(
  { runtime }: House,
  language: Language,
  source: string,
  options: Partial<RunRequest> = {},
): Promise<Came> {
  const file = language === 'lua' ? 'state.lua' : 'state.js'
  const limits = { timeMs: 60_000 }
  const settings = { model: 'mock/echo' }
  try {
    const { value } = await runtime.run({ source, file, limits, settings, ...options })
    return { value }
  } catch (error) {
    if (!isSpellError(error)) throw error
    return { code: error.code, message: error.message }
  }
}
