import type { Kernel } from '@llmspell/kernel'
import type { ErrorRecord, ReplEnd, ReplOptions } from '@llmspell/sdk'
import { checkName, findSession } from '../session/find.ts'
import { sessionsIn, type SessionInfo, type Sessions } from '../session/service.ts'

const MOST = 1000
/** What nobody would call a session by: the beginning of an id. */
const BEGUN = /^session-[0-9a-f]{2,}$/

interface Joined {
  readonly settings: { readonly session?: string }
  readonly named: Pick<ReplOptions, 'session' | 'over'>
}

/** Entries in the session of a name, which is told how they ended. @throws SESSION_ENDED, what `open` throws */
export async function withinNamed(
  kernel: Kernel,
  name: string | undefined,
  open: (joined: Joined) => Promise<ReplEnd>,
): Promise<ReplEnd> {
  if (name === undefined) return open({ settings: {}, named: {} })
  const sessions = await sessionsIn(kernel)
  const { id, name: known = id } = await sessionOf(sessions, name)
  await sessions.enter(id)
  try {
    const over = (): Promise<ErrorRecord | undefined> => overOf(sessions, id)
    return await open({ settings: { session: id }, named: { session: known, over } })
  } finally {
    // An entry that failed is no end of the session that people go on with.
    await sessions.leave(id, { failed: false })
  }
}

/** Another one may have ended or removed it meanwhile. */
async function overOf(sessions: Sessions, id: string): Promise<ErrorRecord | undefined> {
  const found = await sessions.get(id)
  if (found && found.status !== 'completed') return undefined
  const what = found ? 'was completed' : 'was deleted'
  return {
    code: found ? 'SESSION_ENDED' : 'SESSION_NOT_FOUND',
    message: `Session '${id}' ${what} meanwhile: nothing is carried out in it any more.`,
    hint: 'Save what you need with .save, leave with .exit, and begin in another session.',
  }
}

/** The newest of that name that is not over, else one by its id or a beginning of it; else a new one of that name. */
async function sessionOf(sessions: Sessions, name: string): Promise<SessionInfo> {
  checkName(name)
  const all = await sessions.list({ limit: MOST })
  const open = all.filter(({ status }) => status === 'active' || status === 'suspended')
  const found = open.find((each) => each.name === name)
  if (found) return found
  const known = all.some(({ id }) => id === name || (BEGUN.test(name) && id.startsWith(name)))
  if (known) return findSession(sessions, name)
  return sessions.create({ name })
}
