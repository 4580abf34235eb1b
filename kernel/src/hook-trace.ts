import { isDenial, traced, type HookKind, type TapTrace } from '@llmspell/sdk'
import type { Given } from './hook-intercept.ts'
import type { TapEntry } from './hook-point.ts'

/** Told of every call of every tap. */
export type Tracer = (trace: TapTrace) => void

/** Hears how one call of a tap ended. */
export type Trace = (payload: unknown, started: number, given: unknown, error?: Error) => void

/** What tells the tracer about one tap; undefined where nobody traces, and for a tap that tells by itself. */
export function traceOf(
  point: string,
  kind: HookKind,
  tap: TapEntry,
  tracer: Tracer | undefined,
): Trace | undefined {
  if (!tracer || tap.tells) return undefined
  const { owner, label } = tap
  const who = { point, kind, owner, ...(label === undefined ? {} : { label }) }
  return (payload, started, given, error) => {
    const ms = performance.now() - started
    const came = error ? { outcome: 'failed' as const, error } : outcomeOf(kind, given)
    tracer({ ...who, ms, ...runOf(payload), before: payload, ...came })
  }
}

function outcomeOf(kind: HookKind, given: unknown): Pick<TapTrace, 'outcome' | 'after'> {
  if (given === undefined) return { outcome: 'went on' }
  if (kind === 'intercept') return traced((given as Given).verdict)
  if (kind === 'transform') return { outcome: 'changed', after: given }
  if (kind === 'choose') return { outcome: 'replaced', after: given }
  return { outcome: isDenial(given) ? 'cancelled' : 'went on' }
}

function runOf(payload: unknown): { readonly runId?: string } {
  const { run_id, runId } = (payload ?? {}) as {
    readonly run_id?: unknown
    readonly runId?: unknown
  }
  const id = run_id ?? runId
  return typeof id === 'string' ? { runId: id } : {}
}
