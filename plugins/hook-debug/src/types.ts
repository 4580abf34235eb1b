import type { HookKind, TapOutcome } from '@llmspell/sdk'

/** Something that has ended, or one call of a hook. */
export type TraceEvent = PointEvent | HookEvent

/** What a hook point told. */
export interface PointEvent {
  readonly type: 'point'
  readonly point: string
  /** What it was about. */
  readonly component?: string
  /** Who did it, where the point says so: `script`, `agent 'poet'`. */
  readonly actor?: string
  /** Number of the call of the run that it belongs to. */
  readonly seq?: number
  /** ms since the trace began. */
  readonly at: number
  /** How long it took; 0 where the point tells of a moment. */
  readonly ms: number
  readonly ok?: boolean
  readonly code?: string
  /** Tokens and US dollars of a model. */
  readonly tokens?: number
  readonly cost?: number
}

export interface HookEvent {
  readonly type: 'hook'
  readonly point: string
  readonly kind: HookKind
  /** Plugin, or script, that the hook belongs to. */
  readonly owner: string
  readonly label?: string
  readonly seq?: number
  readonly at: number
  readonly ms: number
  readonly outcome: TapOutcome
  /** Places that it changed, each with what stood there and what stands there since. */
  readonly changes?: readonly string[]
  readonly error?: string
}

/** One traced run. */
export interface Trace {
  readonly run: string
  readonly file?: string
  /** ISO 8601, UTC. */
  readonly began: string
  readonly ms: number
  readonly ok: boolean
  readonly code?: string
  /** In the order in which they ended. */
  readonly events: readonly TraceEvent[]
  /** Events beyond the most that are kept. */
  readonly left_out: number
}

/** Service `traces`. */
export interface Traces {
  /** Ids of the runs that are kept, newest first. */
  list(): Promise<readonly string[]>
  /** @param run id, its beginning, or `latest` @throws TRACE_NOT_FOUND */
  read(run: string): Promise<Trace>
  /** The runs that this process has traced, newest last. */
  recent(): readonly Trace[]
}

declare module '@llmspell/sdk' {
  interface Services {
    traces: Traces
  }
}
