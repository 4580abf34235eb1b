import type { CallContext } from './contracts/call-context.ts'

/** The session that a run works in. */
export interface CurrentSession {
  id: string | undefined
}

/** Sessions by the id that a run knows them by, where it works in others in their place. */
export const SESSION_COPIES = 'session_copies'

/** One per run; whoever owns sessions sets it. A host says it before the run by its setting `session`. */
export function currentSession(run: Pick<CallContext, 'share' | 'settings'>): CurrentSession {
  return run.share('session.current', () => {
    const given = run.settings['session']
    return { value: { id: typeof given === 'string' ? given : undefined } as CurrentSession }
  })
}

/**
 * The id under which a session is kept for this run: another one where a host lets it work in a copy. Scripts, guards and
 * journals know only the id that was given.
 */
export function sessionBehind(id: string, { settings }: Pick<CallContext, 'settings'>): string {
  const copies = settings[SESSION_COPIES]
  if (typeof copies !== 'object' || copies === null || !Object.hasOwn(copies, id)) return id
  const copy = (copies as Readonly<Record<string, unknown>>)[id]
  return typeof copy === 'string' ? copy : id
}

/** Whether the session of this id stands behind another one for this run. */
export function isSessionCopy(id: string, { settings }: Pick<CallContext, 'settings'>): boolean {
  const copies = settings[SESSION_COPIES]
  return typeof copies === 'object' && copies !== null && Object.values(copies).includes(id)
}
