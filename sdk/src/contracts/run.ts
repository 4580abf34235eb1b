import type { ErrorRecord, SpellError } from '../errors.ts'
import type { Awaitable, Undo } from '../hooks.ts'
import type { PermissionSet } from '../manifest.ts'
import type { HandleRef, StreamRef, Value } from '../values.ts'
import type { Budget } from './budget.ts'
import type { OnUnknown, ReplayReport, WorkflowExecutor } from './executor.ts'
import type { Decision, Json, RunId, StepPath } from './journal.ts'
import type { ApprovalAnswer, ApprovalQuestion, GrantChain, GrantLayer } from './permission.ts'
import type { ProgramRequest, ProgramResult } from './program.ts'
import type { OpenRun } from './open-run.ts'
import type { Question, Recorded, RunContext, StepContext } from './run-context.ts'
import type { Durability } from './state.ts'
import type { Effect, GrantedTools } from './tool.ts'

/** Who acts: the script, or an agent or a tool on its behalf. The chain starts with the outermost. */
export interface Actor {
  readonly kind: string
  readonly name: string
}

/** Tokens and money spent. Money in US dollars. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the input tokens, those that the provider had kept. */
  readonly cachedTokens?: number
  /** Of the output tokens, those of reasoning. */
  readonly reasoningTokens?: number
  readonly cost: number
}

/** What is under way, for people: shown on stderr by the CLI. Never part of a result. */
export interface Progress {
  /** `agent 'poet'`, `tool 'file-read'`. */
  readonly who: string
  readonly state: 'started' | 'active' | 'done' | 'failed'
  readonly text?: string
  readonly done?: number
  readonly total?: number
  /** The step that this is about, where the work has several: `state` is that of the step. */
  readonly step?: string
  /** The lane that the step runs in, beside others. */
  readonly lane?: string
  /** What the step has spent. */
  readonly usage?: Partial<Usage>
}

/** Limits of one run. Times in ms, sizes in bytes. */
export interface RunLimits {
  /** Wall time; default none. */
  readonly timeMs?: number
  /** Memory of the engine; default 64 MiB. */
  readonly memoryBytes?: number
  /** Calls through the door; default 1,000,000. */
  readonly calls?: number
  /** Bytes printed; default 16 MiB. */
  readonly outputBytes?: number
  /** Tokens of all models, in and out; default none. */
  readonly tokens?: number
  /** US dollars of all models; default none. */
  readonly cost?: number
}

/** Where the engine runs: `inline` in this thread, `worker` in a thread of its own. */
export type Isolation = 'inline' | 'worker'

/** What a run may do and where its words go. */
export interface RunOptions {
  /** Permission name to scoped values; nothing given means pure computation. */
  readonly allow?: PermissionSet
  readonly deny?: PermissionSet
  /** The whole chain instead of `allow` and `deny`, as the service `policy` makes it. */
  readonly grants?: GrantChain
  /** Puts an effect without a grant to a person. Missing: what is not granted is denied. */
  readonly ask?: (question: ApprovalQuestion) => Promise<ApprovalAnswer>
  /**
   * Puts a question of the script to a person; undefined where the person leaves. Missing: nobody is there, and a durable
   * run waits with the question in its row, for whoever sends the signal.
   */
  readonly answer?: (question: Question, signal: AbortSignal) => Promise<Json | undefined>
  readonly limits?: RunLimits
  /**
   * Ends the run with CANCELLED, or with the SpellError that it is aborted with. A durable run whose signal is aborted with
   * the code SUSPENDED is left in its journal instead, and its caller gets RUN_WAITING.
   */
  readonly signal?: AbortSignal
  /** Folder that relative paths start from; default the working folder. */
  readonly root?: string
  /** Positional arguments and `--key value` pairs. */
  readonly args?: readonly string[]
  /** Run-wide choices that plugins read under their own names, such as `model`. */
  readonly settings?: Readonly<Record<string, Value>>
  /** Receives what the script prints. Default: kept in `RunResult.output`. */
  readonly write?: (text: string) => void
  readonly log?: (entry: LogEntry) => void
  readonly onProgress?: (progress: Progress) => void
  /** Called for each stretch that the script computes in this thread: nothing else runs here meanwhile, signals neither. */
  readonly compute?: <T>(stretch: () => T) => T
  /** Seed of the run's randomness; default random. */
  readonly seed?: string
  /** Default: the last 1,000 calls are kept in memory. */
  readonly journal?: Journal
}

/** Where finished calls are appended. */
export interface Journal {
  append(record: CallRecord): void
  records(): readonly CallRecord[]
}

export interface LogEntry {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly data?: Value
}

export interface RunRequest extends RunOptions {
  readonly source: string
  /** Name for messages; its ending picks the engine unless `engine` says it. */
  readonly file: string
  readonly engine?: string
  readonly isolation?: Isolation
  /** Journals every call, so that the run survives its process. Always inline. */
  readonly durable?: DurableOptions
}

export interface DurableOptions {
  /** Default made from the time. The same id twice is the same run. */
  readonly runId?: RunId
  /** Default `sync`. */
  readonly durability?: Durability
  /** Default `ask`. */
  readonly onUnknown?: OnUnknown
  readonly labels?: Readonly<Record<string, string>>
  /** Leaves the run in its journal, to be resumed, when it waits longer than this for a sleep or a signal. ms; default never. */
  readonly waitMs?: number
}

/** How a run goes on: what its request says stays, what is given here comes in its place. */
export interface ResumeOptions extends Pick<
  RunOptions,
  'grants' | 'ask' | 'answer' | 'signal' | 'write' | 'log' | 'onProgress' | 'compute'
> {
  /** What a person says of steps of unknown outcome. */
  readonly decide?: readonly { readonly path: StepPath; readonly decision: Decision }[]
  readonly onUnknown?: OnUnknown
  readonly waitMs?: number
  /** Another text of the script; it must ask for what the journal holds. */
  readonly source?: string
}

/** A replayed run: what it gave, and whether it asked for what was recorded. */
export interface ReplayResult {
  readonly result: RunResult | undefined
  readonly report: ReplayReport
}

export interface RunResult {
  readonly runId: string
  readonly value: Value | undefined
  /** What was printed, where no `write` was given. */
  readonly output: string
  readonly calls: number
  readonly usage: Usage
  readonly durationMs: number
  readonly journal: readonly CallRecord[]
}

/** One finished passage through the door. */
export interface CallRecord {
  /** Order of asking, from 0. */
  readonly seq: number
  readonly module: string
  readonly function: string
  readonly handle?: string
  readonly actor: string
  readonly args: Value
  readonly outcome:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly error: ErrorRecord }
  readonly durationMs: number
  /** ms since the epoch at which it ended. */
  readonly at?: number
  /** US dollars that it has spent by itself. */
  readonly cost?: number
}

/** A run without a script: a host's own calls through the same door. */
export interface Run extends AsyncDisposable {
  readonly id: string
  readonly usage: Usage
  readonly calls: number
  readonly journal: readonly CallRecord[]
  /** @throws the call's SpellError */
  call(module: string, fn: string, args: readonly Value[]): Promise<unknown>
  close(): Promise<void>
}

/** Service `script-runtime`. */
export interface ScriptRuntime {
  /** @throws SpellError of the failed run, with `where` in the script */
  run(request: RunRequest): Promise<RunResult>
  /** @throws SpellError of the failed program, with `where` in it; TIMEOUT, MEMORY_LIMIT, OUTPUT_LIMIT */
  program(request: ProgramRequest): Promise<ProgramResult>
  open(options?: RunOptions): Run
  /** Nothing where no such run is open. */
  about(runId: RunId): OpenRun | undefined
  /**
   * Goes on with a durable run. @throws RUN_NOT_FOUND, RUN_ENDED, RUN_WAITING (it was left in its journal),
   * RESUME_UNCERTAIN, REPLAY_MISMATCH, JOURNAL_DAMAGED
   */
  resume(runId: RunId, options?: ResumeOptions): Promise<RunResult>
  /** The executor of durable runs, started: for lists, histories, signals and forks. @throws NOT_AVAILABLE where none is installed */
  executor(): Promise<WorkflowExecutor>
  /** Runs it again from its journal alone; nothing is executed. */
  replay(
    runId: RunId,
    options?: Pick<RunOptions, 'write' | 'signal'> & { readonly until?: number },
  ): Promise<ReplayResult>
}

/** What permissions, audit and secrets need to know of a call. */
export interface RunFacts {
  readonly runId: string
  readonly seq: number
  /** Outermost first; empty: the script itself. */
  readonly actors: readonly Actor[]
  /** See RunOptions. */
  readonly ask?: (question: ApprovalQuestion) => Promise<ApprovalAnswer>
  /** What the run has seen; a durable run sees it in every life. */
  readonly labels?: Set<string>
  /** From here on the value is replaced by the label in all that leaves the run: results, errors, logs, output, journal. */
  conceal(value: string, label: string): void
  /** The value as it may leave the run: for what a plugin writes elsewhere, such as an artifact or a log of its own. */
  redact?<T extends Value>(value: T): T
  /** Ends the run. */
  cancel(reason: SpellError): void
  /** One value per run and key, made on first use; `dispose` runs when the run ends. */
  share<T>(
    key: string,
    create: () => { readonly value: T; readonly dispose?: () => Awaitable<void> },
  ): T
}

/** What a handler knows about the call it serves. */
export interface CallContext extends RunFacts {
  /** All layers must allow. */
  readonly grants: GrantChain
  readonly root: string
  readonly signal: AbortSignal
  readonly settings: Readonly<Record<string, Value>>
  /** A nested call through the same door: same budget, journal and hooks. Streams come back as HostStream. */
  call(module: string, fn: string, args: readonly unknown[], options?: NestedCall): Promise<unknown>
  /**
   * Registers an object of the host under an id that the script can hold until the run ends.
   * @param id default: a new one; the same again gives the same handle another object
   */
  handle(
    type: string,
    object: object,
    fields: { readonly [key: string]: Value | undefined },
    id?: string,
  ): HandleRef
  /** The object behind a handle. @throws HANDLE_UNKNOWN */
  resolve(ref: HandleRef): object
  /** Hands chunks to the script, one pull at a time; `return` is called when the reader leaves. */
  stream(source: AsyncIterable<Value>): HostStream
  progress(progress: Progress): void
  log(entry: LogEntry): void
  /** What this call may still spend, where somebody set limits for it; else the run's own. */
  readonly budget?: Budget
  /** The tools of the agent whose call this is, where the called tool `usesTools`. */
  readonly tools?: GrantedTools
  /** Limits of the run. */
  readonly limits?: RunLimits
  /** Language of the script. */
  readonly language?: string
  /** Counts a value that waits in the host for the script as memory of it, until the undo; too much ends the run. */
  hold?(value: Value): Undo
  /** Adds to the run's usage. */
  spend(usage: Partial<Usage>): void
  /**
   * Runs `fn` once in the life of a durable run; afterwards the journal answers. In other runs it just runs. Whatever
   * touches the world in a function of effect `composed` stands in one. Further calls go through `inner`.
   */
  step<T extends Value | void>(
    name: string,
    fn: (inner: CallContext, step: StepContext) => Promise<T>,
    options?: CallStepOptions,
  ): Promise<T>
  /** The scope of a durable run that this call composes its steps in. */
  readonly durable?: RunContext
  /** What this call gave before, where it runs again. */
  readonly recorded?: Recorded
  /** Runs when the run ends; the script can still be called then. Gets what the script failed with. */
  onEnd(fn: (failure?: unknown) => Awaitable<void>): Undo
}

export interface CallStepOptions {
  /** Default `unsafe`. */
  readonly effect?: Effect
  /** Compared on replay. */
  readonly args?: Value
  /** Takes the pieces that the step hands out, live and again on replay. */
  readonly onChunk?: (chunk: Value) => Awaitable<void>
}

export interface NestedCall {
  /** Names a lane of work beside others, such as one of several calls at a time: durable runs tell them apart by it. */
  readonly branch?: string
  /** Added to the chain of actors. */
  readonly actor?: Actor
  /** Added to the chain of grants: narrows, never widens. */
  readonly grant?: GrantLayer
  readonly signal?: AbortSignal
  /** What the call and all it starts may spend. */
  readonly budget?: Budget
  /** For this one call alone. */
  readonly tools?: GrantedTools
  /** For a method: the handle. */
  readonly handle?: HandleRef
}

/** A stream as the host holds it; the script sees a StreamRef. */
export interface HostStream extends AsyncIterable<Value> {
  readonly ref: StreamRef
}

declare module '../services.ts' {
  interface Services {
    'script-runtime': ScriptRuntime
  }
}
