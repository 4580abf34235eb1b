import type { RunFacts } from './contracts/call-context.ts'

/** The session that a run works in. */
export interface CurrentSession {
  id: string | undefined
}

/** One per run; whoever owns sessions sets it. */
export function currentSession(run: Pick<RunFacts, 'share'>): CurrentSession {
  return run.share('session.current', () => ({ value: { id: undefined } as CurrentSession }))
}
