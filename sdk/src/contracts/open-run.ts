import type { Value } from '../values.ts'

/** What is known of a run while it is open. */
export interface OpenRun {
  /** Of a script. */
  readonly file?: string
  /** Language of the script, once its engine is chosen. */
  readonly language?: string
  readonly settings: Readonly<Record<string, Value>>
  /** Aborted when it ends. */
  readonly signal: AbortSignal
  /** It survives its process: what it asks for must be the same in every life. */
  readonly durable: boolean
  /** Resolves when its script takes what is asked of it: one that computes takes nothing. */
  responds(): Promise<void>
  /** The value as it may leave the run. */
  redact<T extends Value>(value: T): T
}
