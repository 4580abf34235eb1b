import { fromErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, Json, JournalRecord, StepPath } from '@llmspell/sdk'
import type { RecordBody } from './log.ts'

export type Kind = JournalRecord['kind']

/** What a record says and what the code asked for instead. */
export interface Difference {
  readonly expected: string
  readonly found: string
}

/** Something that a run has asked for and that settles in its turn. */
export interface Ask {
  readonly path: StepPath
  /** Order of asking in the whole run. */
  readonly seq: number
  /** Of a function that is entered inside a step: the step. What is under way does not end without it. */
  readonly within?: StepPath | undefined
  /** Fails at once when the run, or its branch, is cancelled; nothing of it is under way. */
  readonly waits: boolean
  /** Undefined where the record is one of this ask. */
  differs(record: JournalRecord): Difference | undefined
  /** True where the record ends the ask. */
  settles(record: JournalRecord): boolean
  /** False as long as the recorded end must wait. */
  ready(): boolean
  /** Takes a recorded end; `value` is what it holds. */
  answer(record: JournalRecord, value: Json): void
  /** The record as this life would write it. */
  again(record: JournalRecord): RecordBody
  /** Really does it. `before`: what the journal holds of it, all but its end. */
  start(before: readonly JournalRecord[]): void
  fail(error: unknown): void
  /** Answers where the journal is older than the code, and nothing else can go on. */
  old?(): void
}

/** The body of a record, without what its place gives it. */
export function bodyOf(record: JournalRecord): RecordBody {
  const { v: _v, n: _n, at: _at, prev: _prev, ...body } = record
  return body as RecordBody
}

/** A promise with its ends. */
export class Waiter<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.promise = promise
    this.resolve = resolve
    this.reject = reject
  }

  settle(settled: { ok: true; value: T } | { ok: false; error: ErrorRecord }): void {
    if (settled.ok) this.resolve(settled.value)
    else this.reject(fromErrorRecord(settled.error))
  }
}
