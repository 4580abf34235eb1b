import type { Kernel } from '@llmspell/kernel'
import type { Services } from '@llmspell/sdk'

/** What we ask of the service `traces`, whichever plugin provides it. */
export interface Traces {
  read(run: string): Promise<Trace>
  recent(): readonly Trace[]
}

export interface Trace {
  readonly run: string
  readonly file?: string
  readonly began: string
  readonly ms: number
  readonly ok: boolean
  readonly code?: string
  readonly events: readonly TraceEvent[]
  readonly left_out: number
}

export type TraceEvent = PointEvent | HookEvent

interface Ended {
  readonly point: string
  /** ms since the trace began. */
  readonly at: number
  readonly ms: number
  /** Number of the call that it belongs to. */
  readonly seq?: number
}

export interface PointEvent extends Ended {
  readonly type: 'point'
  readonly component?: string
  readonly actor?: string
  readonly ok?: boolean
  readonly code?: string
  readonly tokens?: number
  readonly cost?: number
}

export interface HookEvent extends Ended {
  readonly type: 'hook'
  readonly kind: string
  readonly owner: string
  readonly label?: string
  readonly outcome: string
  readonly changes?: readonly string[]
  readonly error?: string
}

/** @throws NOT_AVAILABLE where no plugin provides it */
export async function tracesOf(kernel: Kernel): Promise<Traces> {
  return (await kernel.use('traces' as keyof Services)) as unknown as Traces
}
