import { readFile } from 'node:fs/promises'
import type { EventType } from '@llmspell/sdk'

/** Beginnings of names that only the host publishes. */
const RESERVED = [
  'agent',
  'tool',
  'workflow',
  'run',
  'state',
  'session',
  'budget',
  'permission',
] as const

const RESERVED_NAMES: ReadonlySet<string> = new Set(RESERVED)

export function isReserved(type: string): boolean {
  const dot = type.indexOf('.')
  return RESERVED_NAMES.has(dot < 0 ? type : type.slice(0, dot))
}

export const reservedText: string = RESERVED.map((name) => `${name}.*`).join(', ')

let known: Promise<readonly EventType[]> | undefined

/** What the host publishes by itself, from the schemas of this package. */
export function eventTypes(): Promise<readonly EventType[]> {
  known ??= readFile(new URL('../schemas/event-types.json', import.meta.url), 'utf8').then(
    (text) => (JSON.parse(text) as { readonly types: readonly EventType[] }).types,
  )
  return known
}
