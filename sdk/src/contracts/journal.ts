import type { ErrorRecord } from '../errors.ts'
import type { Usage } from './run.ts'
import type { Effect } from './tool.ts'

/** What JSON can say. Bytes and references travel inside it as tagged tables. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** `[A-Za-z0-9._:-]{1,128}`, chosen by the caller: the same id is the same run. */
export type RunId = string

/**
 * Where in a run something was asked for: scopes joined by `/`, each `name#ordinal`. Ordinals count everything that was
 * asked for in a scope, whatever its name, in order of asking: `main/Tool.execute#4/file-write#1`.
 */
export type StepPath = string

/** A value of a record: in it, or in the blob store under its SHA-256 in hex. */
export type Stored = { readonly inline: Json } | { readonly blob: string; readonly bytes: number }

/** What a person or a standing rule says of a step whose outcome nobody knows. */
export type Decision =
  | { readonly as: 'done'; readonly value: Json }
  | { readonly as: 'failed'; readonly reason: string }
  | { readonly as: 'retry' }
  | { readonly as: 'skip' }

/** The code that a run executes; its text lies in the blob store under `hash`. */
export interface DefinitionRef {
  /** File as given, for messages and for what its paths start from. */
  readonly name: string
  /** SHA-256 in hex. */
  readonly hash: string
  readonly engine: { readonly id: string; readonly version: string } | 'native'
}

/** When a sleep ends, whatever happens to the clocks. Times in ms. */
export interface TimerRecord {
  readonly bootId: string
  /** A clock of the machine that counts suspension and only moves forward. */
  readonly monoMs: number
  readonly wallMs: number
  readonly delayMs: number
}

export type Settled =
  | { readonly ok: true; readonly value: Stored }
  | { readonly ok: false; readonly error: ErrorRecord }

/** How a step is recorded. `composed`: runs again on resume, its own steps are answered; see RunContext.compose. */
export type StepEffect = Effect | 'composed'

interface RecordBase {
  readonly v: 1
  /** Position in the run, from 0, without gaps: the order in which things settled. */
  readonly n: number
  readonly path: StepPath
  /** ms since the epoch; the run's own clock shows it, nothing is ordered by it. */
  readonly at: number
  /** Hash of record n - 1: a hole is visible. */
  readonly prev: string
}

export type JournalRecord = RecordBase &
  (
    | {
        readonly kind: 'begin'
        readonly definition: DefinitionRef
        readonly input: Stored
        readonly seed: string
        readonly executor: string
        readonly tenant: string
      }
    | {
        /** An unsafe step is about to start. `args` is a digest. */
        readonly kind: 'intent'
        readonly seq: number
        readonly process: string
        readonly args: string
      }
    | {
        readonly kind: 'call'
        /** Order of asking in the whole run. */
        readonly seq: number
        readonly name: string
        readonly args: Stored
        readonly effect: StepEffect
        readonly settled: Settled
        /** What it handed out on the way, in order. */
        readonly chunks?: Stored
        readonly attempts: number
        readonly ms: number
        readonly usage?: Partial<Usage>
      }
    | {
        /** The host entered a function of the script. `within`: the step that was under way, if it runs no more on replay. */
        readonly kind: 'callback'
        readonly ref: number
        readonly args: Stored
        readonly within?: StepPath
      }
    | {
        readonly kind: 'arrival'
        readonly from: 'signal' | 'event'
        readonly name: string
        readonly value: Stored
        readonly by?: string
      }
    | { readonly kind: 'timer'; readonly timer: TimerRecord }
    | { readonly kind: 'fired' }
    | { readonly kind: 'mark'; readonly label: string; readonly data?: Stored }
    /** From here on what waits fails, and what is asked for too. `code`: TIMEOUT where the time of the run was up. */
    | { readonly kind: 'cancel'; readonly code: 'CANCELLED' | 'TIMEOUT'; readonly reason: string }
    | { readonly kind: 'decision'; readonly decision: Decision; readonly by: string }
    | {
        /** Stands for the records `from` to `n`; `last` is the hash of the last of them, empty in a fork. `path`: of the loop. */
        readonly kind: 'pruned'
        readonly from: number
        readonly state: Stored
        readonly last: string
      }
    | { readonly kind: 'end'; readonly outcome: Settled | { readonly cancelled: string } }
  )
