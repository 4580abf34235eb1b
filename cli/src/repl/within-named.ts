import type { Kernel } from '@llmspell/kernel'
import type { ReplEnd, ReplOptions } from '@llmspell/sdk'
import { sessionsIn, type SessionInfo, type Sessions } from '../session/service.ts'

const MOST = 1000

interface Joined {
  readonly settings: { readonly session?: string }
  readonly named: Pick<ReplOptions, 'session'>
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
    return await open({ settings: { session: id }, named: { session: known } })
  } finally {
    // An entry that failed is no end of the session that people go on with.
    await sessions.leave(id, { failed: false })
  }
}

/** The newest that is not over. */
async function sessionOf(sessions: Sessions, name: string): Promise<SessionInfo> {
  const all = await sessions.list({ limit: MOST })
  const open = all.filter(({ status }) => status === 'active' || status === 'suspended')
  const found = all.find(({ id }) => id === name) ?? open.find((each) => each.name === name)
  return found ?? sessions.create({ name })
}
