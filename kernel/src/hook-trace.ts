import {
  isDenial,
  type HookKind,
  type TapOutcome,
  type TapTrace,
  type Verdict,
} from '@llmspell/sdk'
import type { Given } from './hook-intercept.ts'
import type { TapEntry } from './hook-point.ts'

/** Told of every call of every tap. */
export type Tracer = (trace: TapTrace) => void

const OF_VERDICTS: Readonly<Record<Verdict['type'], TapOutcome>> = {
  modify: 'changed',
  cancel: 'cancelled',
  replace: 'replaced',
  retry: 'retry',
  redirect: 'redirected',
  skip: 'skipped',
}

/** Hears how one call of a tap ended. */
export type Trace = (payload: unknown, started: number, given: unknown, error?: Error) => void

/** What tells the tracer about one tap. */
export function traceOf(point: string, kind: HookKind, tap: TapEntry, tracer: Tracer): Trace {
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
  if (kind === 'intercept') return ofVerdict((given as Given).verdict)
  if (kind === 'transform') return { outcome: 'changed', after: given }
  if (kind === 'choose') return { outcome: 'replaced', after: given }
  return { outcome: isDenial(given) ? 'cancelled' : 'went on' }
}

function ofVerdict(verdict: Verdict): Pick<TapTrace, 'outcome' | 'after'> {
  const outcome = OF_VERDICTS[verdict.type]
  if (verdict.type === 'modify') return { outcome, after: verdict.data }
  return verdict.type === 'replace' ? { outcome, after: verdict.result } : { outcome }
}

function runOf(payload: unknown): { readonly runId?: string } {
  const { run_id, runId } = (payload ?? {}) as {
    readonly run_id?: unknown
    readonly runId?: unknown
  }
  const id = run_id ?? runId
  return typeof id === 'string' ? { runId: id } : {}
}
