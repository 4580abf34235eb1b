import type { Value } from '../values.ts'

/** What is known of a run while it is open. */
export interface OpenRun {
  /** Of a script. */
  readonly file?: string
  /** Language of the script, once its engine is chosen. */
  readonly language?: string
  readonly settings: Readonly<Record<string, Value>>
  /** The value as it may leave the run. */
  redact<T extends Value>(value: T): T
}
