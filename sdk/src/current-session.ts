import type { CallContext } from './contracts/call-context.ts'

/** The session that a run works in. */
export interface CurrentSession {
  id: string | undefined
}

/** One per run; whoever owns sessions sets it. A host says it before the run by its setting `session`. */
export function currentSession(run: Pick<CallContext, 'share' | 'settings'>): CurrentSession {
  return run.share('session.current', () => {
    const given = run.settings['session']
    return { value: { id: typeof given === 'string' ? given : undefined } as CurrentSession }
  })
}
