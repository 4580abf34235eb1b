import type {
  Actor,
  Budget,
  GrantChain,
  GrantedTools,
  Guard,
  HostCall,
  Notify,
  Observe,
  Recorded,
  RunContext,
  Value,
} from '@llmspell/sdk'
import type { RunLimit } from './limits.ts'
import type { RunScope } from './scope.ts'

/** On whose behalf a call is made. */
export interface Origin {
  readonly actors: readonly Actor[]
  readonly grants: GrantChain
  readonly signal: AbortSignal
  /** What the call may spend, where it is less than the run. */
  readonly budget?: Budget | undefined
  /** See CallContext. */
  readonly tools?: GrantedTools | undefined
  /** True for a call of the host: it gets the handler's own objects, not their plain form. */
  readonly raw: boolean
  /** The scope of a durable run that the call is journaled in. */
  readonly durable?: RunContext | undefined
  /** See NestedCall. */
  readonly branch?: string | undefined
}

/** A composed call of a durable run. */
export interface Life {
  /** What it calls is journaled here. */
  readonly inner: RunContext
  /** What it gave before, where it runs again. */
  readonly recorded?: Recorded
}

/** One call on its way through the stages. */
export interface Passage {
  readonly scope: RunScope
  readonly origin: Origin
  readonly call: HostCall
  readonly seq: number
  readonly startedAt: number
  readonly life?: Life
  /** US dollars, so far. */
  cost: number
}

/** `script`, or the innermost one that acts for it. */
export function actorText({ actors }: Origin): string {
  const last = actors.at(-1)
  return last ? `${last.kind} '${last.name}'` : 'script'
}

/** `Tool.execute`, `Agent:execute`: a call for people. */
export function subject(call: HostCall): string {
  const [handle, method] = call.function.split('.')
  return method === undefined ? `${call.module}.${handle}` : `${handle}:${method}`
}

/** What hooks learn of a call. */
export function facts({ scope, origin, call, seq }: Passage) {
  return {
    run_id: scope.id,
    seq,
    module: call.module,
    function: call.function,
    actor: actorText(origin),
    args: call.args as Value,
  }
}

/** Payload of `run.checkpoint`. */
export interface RunCheckpoint {
  readonly run_id: string
  readonly name: string
  /** Number of the record in the journal of a durable run, else of the call. */
  readonly seq: number
  readonly data?: Value
}

declare module '@llmspell/sdk' {
  interface Hooks {
    'call.guard': Guard<CallFacts>
    'call.done': Observe<CallFacts & { readonly outcome: Value; readonly duration_ms: number }>
    'script.start': Notify<ScriptStart>
    /** A call or a run has met a limit of time, money, tokens, memory or output. */
    'run.limit': Observe<RunLimit>
    /** A script has called Run.checkpoint. */
    'run.checkpoint': Observe<RunCheckpoint>
    'script.done': Observe<ScriptFacts>
  }
}

/** Payload of `call.guard`. */
export interface CallFacts {
  readonly run_id: string
  readonly seq: number
  readonly module: string
  readonly function: string
  readonly actor: string
  readonly args: Value
}

/** Payload of `script.start`. */
export interface ScriptStart {
  readonly run_id: string
  readonly file: string
  readonly durable: boolean
  readonly resumed: boolean
}

/** Payload of `script.done`. */
export interface ScriptFacts {
  readonly run_id: string
  readonly file: string
  readonly ok: boolean
  readonly error?: Value
  readonly calls: number
  readonly duration_ms: number
}
