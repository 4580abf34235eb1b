import type { ErrorRecord } from '../errors.ts'
import type { PermissionSet } from '../manifest.ts'
import type { Value } from '../values.ts'
import type { NestedCall } from './call-context.ts'
import type { OnUnknown, ReplayReport, WorkflowExecutor } from './executor.ts'
import type { Decision, Json, RunId, StepPath } from './journal.ts'
import type { ApprovalAnswer, ApprovalQuestion, GrantChain } from './permission.ts'
import type { InteractiveRequest, InteractiveRun } from './interactive.ts'
import type { OpenProgram, OpenProgramRequest, ProgramRequest, ProgramResult } from './program.ts'
import type { OpenRun } from './open-run.ts'
import type { Question } from './run-context.ts'
import type { RunPlugin } from './run-plugin.ts'
import type { Durability } from './state.ts'

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
  /** Kept in its journal for whoever goes on with it. */
  readonly plugins?: readonly RunPlugin[]
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

/** How a run is cancelled: what undoes its steps runs in this process. */
export interface CancelOptions extends Pick<RunOptions, 'grants' | 'write' | 'log' | 'onProgress'> {
  readonly reason: string
  /** How long its end is waited for; it goes on when that is over. ms */
  readonly timeoutMs?: number
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
  /**
   * What is given is copied, functions and all.
   * @param options narrow the call, end it, or name the handle of a method
   * @throws the call's SpellError
   */
  call(module: string, fn: string, args: readonly unknown[], options?: NestedCall): Promise<unknown>
  close(): Promise<void>
}

/** Service `script-runtime`. */
export interface ScriptRuntime {
  /** @throws SpellError of the failed run, with `where` in the script */
  run(request: RunRequest): Promise<RunResult>
  /** @throws SpellError of the failed program, with `where` in it; TIMEOUT, MEMORY_LIMIT, OUTPUT_LIMIT */
  program(request: ProgramRequest): Promise<ProgramResult>
  /** Runs the main part of a program and leaves it open. @throws as `program` */
  openProgram(request: OpenProgramRequest): Promise<OpenProgram>
  open(options?: RunOptions): Run
  /** @throws ENGINE_UNKNOWN, ENGINE_FAILED */
  interactive(request: InteractiveRequest): Promise<InteractiveRun>
  /** Nothing where no such run is open. */
  about(runId: RunId): OpenRun | undefined
  /**
   * Goes on with a durable run. @throws RUN_NOT_FOUND, RUN_ENDED, RUN_WAITING (it was left in its journal),
   * RESUME_UNCERTAIN, REPLAY_MISMATCH, JOURNAL_DAMAGED
   */
  resume(runId: RunId, options?: ResumeOptions): Promise<RunResult>
  /** Cancels a durable run, and waits for what undoes its steps. @throws RUN_NOT_FOUND */
  cancel(runId: RunId, options: CancelOptions): Promise<void>
  /** The executor of durable runs, started: for lists, histories, signals and forks. @throws NOT_AVAILABLE where none is installed */
  executor(): Promise<WorkflowExecutor>
  /** Runs it again from its journal alone; nothing is executed. */
  replay(
    runId: RunId,
    options?: Pick<RunOptions, 'write' | 'signal'> & { readonly until?: number },
  ): Promise<ReplayResult>
}

declare module '../services.ts' {
  interface Services {
    'script-runtime': ScriptRuntime
  }
}
