import type { Usage, Value } from '@llmspell/sdk'
import type { Knowledge } from '../modules.ts'
import type { Passage } from '../passage.ts'

/** What the door lends for calls of durable runs. */
export interface Serving {
  /** What is known of a function without loading it; undefined where there is none. */
  know(module: string, fn: string): Knowledge | undefined
  /** The whole service of a call, as in any run. */
  serve(passage: Passage): unknown
  /** Keeps a call that the journal has answered among those of the run. */
  note(passage: Passage, known: Knowledge | undefined, outcome: Noted): void
  /** Counts again what a call has spent in another life. */
  charge(passage: Passage, usage: Partial<Usage>): void
}

export type Noted =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }
