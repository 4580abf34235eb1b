import type { ErrorRecord, Where } from '../errors.ts'
import type { Evaluation } from './engine.ts'
import type { CallRecord, RunOptions, Usage } from './run.ts'

/**
 * A run whose script comes entry by entry. It has a thread of its own, so that an entry can be ended whatever it does. The
 * limits of time, calls and output are those of one entry; tokens and money count for the whole run.
 */
export interface InteractiveRequest extends Omit<RunOptions, 'compute'> {
  readonly engine: string
  /** Name for messages; default `repl`. */
  readonly file?: string
  /** Takes an error that nothing of the script takes, in an entry or between two. */
  readonly uncaught?: (error: ErrorRecord) => void
}

export interface EntryOptions {
  /** Ends the entry and leaves the run as it is. */
  readonly signal?: AbortSignal
  /** Where it begins, for messages; default: line 1 of the file of the run. */
  readonly where?: Where
}

/** An engine that was opened anew: the entries before ran again, on what their calls had given. */
export interface Renewal {
  /** Entries that are there again. */
  readonly entries: number
  /** Texts of the entries that are not. */
  readonly lost: readonly string[]
  /** Why they are not. */
  readonly reason?: ErrorRecord
}

/** What an entry came to. */
export type EntryEnd = Evaluation & {
  /** Where the engine could not go on behind the entry. */
  readonly renewal?: Renewal
}

/** An entry that was taken back. */
export interface Undone extends Renewal {
  readonly text: string
  /** Its calls, `Agent:execute`: what they did outside of the script stays. */
  readonly stays: readonly string[]
}

/** One session of entries: definitions of one are there for the next. Entries wait for one another. */
export interface InteractiveRun extends AsyncDisposable {
  readonly id: string
  readonly language: string
  readonly engine: string
  readonly usage: Usage
  readonly calls: number
  readonly journal: readonly CallRecord[]
  /** Never throws for what the entry does. @throws CANCELLED where the run is closed */
  evaluate(text: string, options?: EntryOptions): Promise<EntryEnd>
  /** Candidates for the word that ends the text. */
  complete(text: string): Promise<readonly string[]>
  /** Takes the last entry back; nothing is executed again. Undefined where there is none. */
  undo(): Promise<Undone | undefined>
  close(): Promise<void>
}
