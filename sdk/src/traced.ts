import type { TapOutcome, TapTrace } from './services.ts'
import type { Verdict } from './verdicts.ts'

const OUTCOMES: Readonly<Record<Verdict['type'], TapOutcome>> = {
  modify: 'changed',
  cancel: 'cancelled',
  replace: 'replaced',
  retry: 'retry',
  redirect: 'redirected',
  skip: 'skipped',
}

/** What a trace says of a verdict. */
export function traced(verdict: Verdict): Pick<TapTrace, 'outcome' | 'after'> {
  const outcome = OUTCOMES[verdict.type]
  if (verdict.type === 'modify') return { outcome, after: verdict.data }
  return verdict.type === 'replace' ? { outcome, after: verdict.result } : { outcome }
}
