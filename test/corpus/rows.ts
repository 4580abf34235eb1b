import { readFileSync } from 'node:fs'
import type { Isolation, RunLimits, Value } from '@llmspell/sdk'

/** One attack of the security page. */
export interface Row {
  readonly id: string
  readonly language: string
  readonly name: string
  /** Source, or pieces of it with how often they are repeated. */
  readonly payload: string | readonly (readonly [string, number?])[]
  readonly limits?: RunLimits
  /** Any of these: `ok`, `killed`, `memory`, `error` or `refused:<CODE>`. */
  readonly expect: string | readonly string[]
  /** What an `ok` must give. */
  readonly value?: Value
  /** It eats memory: the process around it has a limit of its own. */
  readonly memory?: boolean
  /** It floods the host, which must stay small. */
  readonly flood?: boolean
  /** Two runs with equal seeds must give the same. */
  readonly twice?: boolean
}

/** An engine and a place for it to run in. */
export interface Place {
  readonly engine: string
  readonly language: string
  readonly file: string
  readonly isolation: Isolation
}

/** What a child is asked to run. */
export interface Batch extends Place {
  readonly plugin: string
  readonly rows: readonly Row[]
}

/** What a child saw of one row. */
export interface Seen {
  /** The class of the outcome. */
  readonly found: string
  readonly message?: string
  readonly value?: Value
  readonly again?: Value
  readonly ms: number
  readonly limitMs: number
  /** Tasks that want to run for each core, at least 1: so much longer everything may take. */
  readonly busy: number
  /** How long the event loop of the host was away at most. */
  readonly lagMs: number
  /** Growth of the process at its highest. */
  readonly grownBytes: number
  /** The largest memory of a WebAssembly instance of this thread. */
  readonly wasmBytes: number
  /** The next script ran. */
  readonly alive: boolean
}

export type Line =
  | { readonly type: 'start'; readonly index: number }
  | { readonly type: 'end'; readonly index: number; readonly seen: Seen }

/** The rows of a language. */
export function rowsOf(language: string): readonly Row[] {
  const text = readFileSync(new URL('scripts.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as readonly Row[]).filter((row) => row.language === language)
}

export function sourceOf({ payload }: Row): string {
  if (typeof payload === 'string') return payload
  return payload.map(([text, count = 1]) => text.repeat(count)).join('')
}

export function classesOf({ expect }: Row): readonly string[] {
  return typeof expect === 'string' ? [expect] : expect
}
