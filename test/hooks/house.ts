import type { KernelConfig } from '@llmspell/kernel'
import type { LogEntry, RunRequest, Value } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import { ALL, openHouse, type House } from '../support/kernel.ts'
import { stagePlugin } from './stage.ts'

export const LANGUAGES = ['lua', 'javascript', 'fengari'] as const
export type Language = (typeof LANGUAGES)[number]

/** What came of a script. */
export interface Came {
  readonly value?: Value | undefined
  readonly code?: string
  readonly message?: string
  readonly log: readonly string[]
}

export interface HookHouse {
  readonly house: House
  readonly seen: unknown[]
  run(language: Language, source: string, options?: Partial<RunRequest>): Promise<Came>
}

/** All plugins, all languages, and a plugin that owns one point of every kind. */
export async function openHooks(config?: KernelConfig): Promise<HookHouse> {
  const { plugin, seen } = stagePlugin()
  const plugins = [...ALL, 'engine-javascript', 'engine-fengari']
  const house = await openHouse(plugins, [plugin], config)
  const run: HookHouse['run'] = async (language, source, options) => {
    const log: string[] = []
    const file = language === 'javascript' ? 'hook.js' : 'hook.lua'
    const request = {
      source,
      file,
      engine: language,
      settings: { model: 'mock/demo' },
      limits: { timeMs: 30_000 },
      log: ({ message }: LogEntry) => void log.push(message),
    }
    try {
      return { value: (await house.runtime.run({ ...request, ...options })).value, log }
    } catch (error) {
      if (!isSpellError(error)) throw error
      return { code: error.code, message: error.message, log }
    }
  }
  return { house, seen, run }
}
