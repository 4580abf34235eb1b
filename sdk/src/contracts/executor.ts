import type { ErrorRecord } from '../errors.ts'
import type { Decision, DefinitionRef, Json, JournalRecord, RunId, StepPath } from './journal.ts'
import type { Question } from './run-context.ts'
import type { Durability } from './state.ts'
import type { BlobStore, ExecutorHost } from './executor-host.ts'

/** What becomes of an unsafe step that was under way when its process died. */
export type OnUnknown = 'ask' | 'retry' | 'skip' | 'fail'

export interface SubmitRequest {
  readonly runId: RunId
  readonly definition: DefinitionRef
  readonly input: Json
  /** Default `local`. */
  readonly tenant?: string
  readonly labels?: Readonly<Record<string, string>>
  /** ms since the epoch. */
  readonly startAt?: number
  readonly timeoutMs?: number
  /** Default `sync`. */
  readonly durability?: Durability
  /** After the end; default 30 days. */
  readonly retentionMs?: number
  readonly parent?: {
    readonly runId: RunId
    readonly path: StepPath
    readonly onParentCancel: 'cancel' | 'leave'
  }
  /** Records of another run or executor that answer first. */
  readonly seed?: readonly JournalRecord[]
  readonly traceparent?: string
  /** Default `ask`. */
  readonly onUnknown?: OnUnknown
}

export type RunStatus =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'paused'
  | 'needs-attention'
  | 'cancelling'
  | 'succeeded'
  | 'failed'
  | 'cancelled'

/** What a run waits for, where nothing else is under way. */
export interface Waiting {
  readonly path: StepPath
  readonly for: 'sleep' | 'signal' | 'decision'
  /** Name of the signal. */
  readonly name?: string
  /** ms since the epoch at which it goes on by itself. */
  readonly until?: number
  readonly question?: Question
  /** JSON Schema of what the signal carries. */
  readonly schema?: object
  /** What it waits for has come, while nobody carried it out. */
  readonly arrived?: boolean
}

export interface RunRow {
  readonly runId: RunId
  readonly status: RunStatus
  /** Why it failed, was cancelled, is paused or needs attention. */
  readonly reason?: ErrorRecord
  readonly definition: DefinitionRef
  readonly labels?: Readonly<Record<string, string>>
  readonly records: number
  readonly bytes: number
  readonly waiting?: Waiting
  readonly createdAt: number
  readonly updatedAt: number
  readonly endedAt?: number
  readonly expiresAt?: number
  /** The run and record that it was forked from. */
  readonly forkedFrom?: { readonly runId: RunId; readonly n: number }
}

export type RunOutcome<T> =
  | { readonly status: 'succeeded'; readonly value: T }
  | { readonly status: 'failed' | 'cancelled'; readonly error: ErrorRecord }
  | { readonly status: 'pending'; readonly run: RunRow }

export interface RunQuery {
  readonly status?: readonly RunStatus[]
  readonly labels?: Readonly<Record<string, string>>
  readonly tenant?: string
  /** ms since the epoch. */
  readonly createdAfter?: number
  readonly createdBefore?: number
  readonly limit?: number
}

export interface Signal {
  readonly name: string
  /** The same twice counts once. */
  readonly signalId: string
  readonly payload: Json
  readonly by?: string
}

/** A record as it came to be, or something of the moment that is not kept. */
export type RunEvent =
  | { readonly type: 'record'; readonly record: JournalRecord }
  | { readonly type: 'status'; readonly row: RunRow }
  | {
      readonly type: 'started'
      readonly path: StepPath
      readonly name: string
      readonly at: number
    }
  | { readonly type: 'chunk'; readonly path: StepPath; readonly data: Json }
  | { readonly type: 'emitted'; readonly name: string; readonly data: Json }
  /** The tail of the journal was damaged and cut behind record `n`. */
  | { readonly type: 'cut'; readonly n: number; readonly reason: string }

export interface ReplayReport {
  readonly outcome: RunOutcome<Json>
  /** Records of the replay, byte for byte as they would be stored. */
  readonly records: readonly JournalRecord[]
  /** True where they equal the recorded ones. */
  readonly identical: boolean
  /** The first record that differs, where one does. */
  readonly difference?: {
    readonly n: number
    readonly path: StepPath
    readonly expected: string
    readonly found: string
  }
}

export interface ExecutorCapabilities {
  readonly distributed: boolean
  readonly takeoverMs: number | null
  readonly pause: boolean
  readonly fork: boolean
  readonly durability: readonly Durability[]
  readonly maxResultBytes: number
  readonly maxRecords: number
  readonly timerResolutionMs: number
}

/** Service `workflow-executor`: makes runs survive their process. Knows no script engine and no tool. */
export interface WorkflowExecutor {
  /** `embedded`, `restate`. */
  readonly id: string
  readonly capabilities: ExecutorCapabilities
  readonly blobs: BlobStore
  /**
   * Once. `recover`: also go on with every unfinished run of the store; default true. A program that runs one script
   * says false and resumes by name.
   */
  start(
    host: ExecutorHost,
    options: { readonly signal: AbortSignal; readonly recover?: boolean },
  ): Promise<void>
  drain(options: { readonly deadlineMs: number }): Promise<{
    readonly finished: number
    readonly suspended: number
    readonly abandoned: readonly RunId[]
  }>
  stop(): Promise<void>
  /** Resolves when the run is durable. */
  submit(request: SubmitRequest): Promise<{ readonly runId: RunId; readonly duplicate: boolean }>
  /** `pending` after the timeout, and at once for a run that is paused or needs attention. @throws RUN_NOT_FOUND */
  result<T extends Json>(
    id: RunId,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<RunOutcome<T>>
  get(id: RunId): Promise<RunRow | undefined>
  /** Newest first. */
  list(query: RunQuery): AsyncIterable<RunRow>
  history(id: RunId, options?: { readonly after?: number }): AsyncIterable<JournalRecord>
  /** The journal, then live, until the run ends or the signal says so. */
  events(
    id: RunId,
    options?: { readonly after?: number; readonly signal?: AbortSignal },
  ): AsyncIterable<RunEvent>
  /** @throws RUN_NOT_FOUND, SIGNAL_INVALID where a wait has a schema that the payload breaks */
  signal(id: RunId, signal: Signal): Promise<'accepted' | 'duplicate' | 'ended'>
  cancel(
    id: RunId,
    options: { readonly reason: string; readonly mode: 'graceful' | 'kill' },
  ): Promise<void>
  /** At the next step boundary. */
  pause(id: RunId, reason: string): Promise<void>
  /** Drops an executing run from memory at its next wait; its journal stays and `resume` goes on with it. */
  suspend(id: RunId): Promise<void>
  purge(query: RunQuery & { readonly endedBefore: number }): Promise<number>
  /** Goes on with an unfinished run that is not executing. @throws RUN_NOT_FOUND, RUN_ENDED */
  resume(
    id: RunId,
    options?: {
      readonly decide?: readonly { readonly path: StepPath; readonly decision: Decision }[]
      readonly definition?: DefinitionRef
      readonly onUnknown?: OnUnknown
    },
  ): Promise<void>
  /** A new run that is answered up to record `at` (default: all) and lives from there on. */
  fork(
    id: RunId,
    options: {
      readonly newRunId: RunId
      readonly at?: number
      readonly input?: Json
      readonly definition?: DefinitionRef
    },
  ): Promise<void>
  /**
   * Keeps a run of another store as it was there; nothing is executed. One that has not ended is paused. The large values that
   * its records name are in `blobs` already. False where a run of this id is here. @throws INPUT_INVALID
   */
  adopt(run: AdoptedRun): Promise<boolean>
  /** Runs the definition again, answered by the journal alone: nothing is executed, nothing stored. */
  replay(
    id: RunId,
    options?: { readonly until?: number; readonly signal?: AbortSignal },
  ): Promise<ReplayReport>
}

type Body<R> = R extends JournalRecord ? Omit<R, 'v' | 'n' | 'prev'> : never

/** A run as it travels: its place in a journal gives each record the rest. */
export interface AdoptedRun extends Pick<
  RunRow,
  'runId' | 'status' | 'reason' | 'definition' | 'labels' | 'createdAt' | 'endedAt'
> {
  /** The first of them is its beginning, and no other. */
  readonly records: readonly Body<JournalRecord>[]
}

/** Item of the point `executors`. */
export interface ExecutorItem {
  readonly name: string
  readonly doc: string
}

declare module '../extensions.ts' {
  interface Extensions {
    /** One is loaded when the first durable run is asked for. */
    executors: WorkflowExecutor
  }
}
declare module '../services.ts' {
  interface Services {
    'workflow-executor': WorkflowExecutor
  }
}
