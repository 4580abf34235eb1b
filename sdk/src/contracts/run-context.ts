import type { ErrorRecord } from '../errors.ts'
import type { Awaitable } from '../hooks.ts'
import type { DefinitionRef, Json, RunId, StepPath } from './journal.ts'
import type { Usage } from './run.ts'
import type { Effect } from './tool.ts'

/** A question to a person that a run waits for. */
export interface Question {
  readonly text: string
  readonly choices?: readonly string[]
  /** JSON Schema of the answer. */
  readonly schema?: object
  readonly default?: Json
}

export interface Received<T> {
  readonly payload: T
  readonly by?: string
  /** ms since the epoch. */
  readonly at: number
}

/** What a step knows of itself while it really runs. */
export interface StepContext {
  /** From 1; counts the tries of this process. */
  readonly attempt: number
  /** Hash of run id and path: equal over attempts, processes and machines. */
  readonly idempotencyKey: string
  /** Where the step stands: what `enter` takes as `within`. */
  readonly path: StepPath
  readonly signal: AbortSignal
  /** Hands out a piece before the end: to `onChunk` at once, and with the record on replay. */
  chunk(data: Json): Awaitable<void>
  /** What the step spent: kept with its record, and spent again by whoever replays it. */
  spend(usage: Partial<Usage>): void
  heartbeat(note?: Json): void
}

export interface RetryPolicy {
  readonly maxAttempts: number
  readonly firstMs: number
  readonly factor: number
  readonly maxMs: number
  readonly retryOn?: (error: ErrorRecord) => boolean
}

export interface StepOptions<T> {
  /** Default `unsafe`. */
  readonly effect?: Effect
  /** What it works on; compared by digest on replay. */
  readonly args?: Json
  readonly timeoutMs?: number
  readonly heartbeatMs?: number
  readonly retry?: RetryPolicy
  readonly validate?: (value: unknown) => asserts value is T
  /** Asked for an unsafe step whose outcome is unknown, before anybody else. */
  readonly reconcile?: (key: string) => Promise<{ readonly happened: T } | 'never' | 'unknown'>
  /** Takes the pieces, live and again on replay. */
  readonly onChunk?: (data: Json) => Awaitable<void>
  /** Takes what the step spent, where it is answered by the journal. */
  readonly onReplayed?: (usage: Partial<Usage>) => void
}

export interface ComposeOptions {
  readonly args?: Json
  /** Names a lane of work beside others: part of the path, so that lanes need no order among themselves. */
  readonly branch?: string
}

export interface EnterOptions {
  /**
   * The step of this very scope that is under way and that runs no more on replay. The scheduler then enters the function
   * itself, through `ExecutorHost.invokeRecorded`.
   */
  readonly within?: StepPath
}

export type Branches = Readonly<Record<string, (context: RunContext) => Promise<Json>>>
export type Results<B extends Branches> = { [K in keyof B]: Awaited<ReturnType<B[K]>> }

/** What a composed step gave before, where it runs again. */
export type Recorded =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly error: ErrorRecord }

/**
 * One scope of a run that survives its process. Everything asked for settles one at a time, in the order of the
 * journal; the next settles when the code waits again. Code between two waits must be deterministic: time, randomness
 * and ids come from here, whatever touches the world stands in a step.
 * When a run is suspended, paused or killed its signal is aborted, and what it waits for never settles.
 * @throws each waiting method: REPLAY_MISMATCH where the code asks for something else than the journal holds,
 * CANCELLED, JOURNAL_DAMAGED
 */
export interface RunContext {
  readonly runId: RunId
  readonly path: StepPath
  readonly signal: AbortSignal
  /** `resume` and `replay` while the journal answers; a resumed run turns `live` behind its last record. */
  readonly mode: 'live' | 'replay' | 'resume'
  /** Runs once and is recorded; answered from the journal afterwards. @throws the error of the step; RESUME_UNCERTAIN; VALUE_TOO_LARGE */
  step<T extends Json | void>(
    name: string,
    fn: (step: StepContext) => Promise<T>,
    options?: StepOptions<T>,
  ): Promise<T>
  /**
   * Work made of further steps. It runs again on resume and on replay, its own steps are answered, and what it gave the first
   * time is what it gives.
   */
  compose<T extends Json | void>(
    name: string,
    fn: (inner: RunContext, recorded: Recorded | undefined) => Promise<T>,
    options?: ComposeOptions,
  ): Promise<T>
  /** Enters a function of the definition in the order of the journal. `ref` names the function, the same in every life. */
  enter<T>(ref: number, args: Json, fn: () => Promise<T>, options?: EnterOptions): Promise<T>
  waitSignal<T extends Json>(
    name: string,
    options?: { readonly timeoutMs?: number; readonly schema?: object; readonly ask?: Question },
  ): Promise<Received<T> | undefined>
  child<T extends Json>(
    name: string,
    request: {
      readonly definition: DefinitionRef
      readonly input: Json
      readonly onParentCancel?: 'cancel' | 'leave'
    },
  ): Promise<T>
  all<B extends Branches>(
    name: string,
    branches: B,
    options?: { readonly onError?: 'cancel-rest' | 'wait-all'; readonly concurrency?: number },
  ): Promise<Results<B>>
  race<B extends Branches>(
    name: string,
    branches: B,
  ): Promise<{ readonly winner: keyof B & string; readonly value: Json }>
  /** A loop whose finished rounds may be forgotten: `keep` of them stay in the journal. */
  loop<S extends Json, O extends Json>(
    name: string,
    options: { readonly state: S; readonly maxIterations: number; readonly keep?: number },
    body: (
      context: RunContext,
      state: S,
      index: number,
    ) => Promise<{ readonly next: S } | { readonly done: O }>,
  ): Promise<O>
  /** Undone in reverse order when the run fails or is cancelled; shielded from the cancellation. */
  compensate(name: string, undo: (step: StepContext) => Promise<void>): void
  sleep(name: string, ms: number): Promise<void>
  /** `latest` where it is first passed; what was recorded then, ever after. */
  version(change: string, latest: number): Promise<number>
  /**
   * What the code is told of its life at this place, such as whether it was resumed: recorded where it is first read, and the
   * same in every later life. It is no step: to read it moves no ordinal.
   */
  fact<T extends Json>(name: string, current: () => T): T
  /** The record's number; everything up to it is on disk. */
  mark(label: string, data?: Json): Promise<number>
  /** Starts a fresh journal under the same id. Never returns. */
  continueAsNew(input: Json): never
  /** ms since the epoch on the clock of the run, which moves with what settles. */
  now(): number
  random(): number
  uuid(): string
  /** An event for whoever watches; silent on replay. */
  emit(type: string, data: Json): void
}
