import type { SpellError } from '../errors.ts'
import type { Awaitable, Undo } from '../hooks.ts'
import type { HandleRef, StreamRef, Value } from '../values.ts'
import type { Budget } from './budget.ts'
import type { ApprovalAnswer, ApprovalQuestion, GrantChain, GrantLayer } from './permission.ts'
import type { Recorded, RunContext, StepContext } from './run-context.ts'
import type { Effect, GrantedTools } from './tool.ts'
import type { Actor, Usage, Progress, RunLimits, LogEntry } from './run.ts'

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
   * Registers an object of the host under an id that the script can hold until the run ends. A method `label` of it says
   * in a REPL what it is: `mock/demo, 3 messages`.
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
  /** Runs where the entry of a session that made this call is taken back: what it has registered ends. */
  onUndo?(undo: Undo): void
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
  readonly grant?: GrantLayer | readonly GrantLayer[]
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
