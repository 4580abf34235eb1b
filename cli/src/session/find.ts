import { didYouMean, SpellError } from '@llmspell/sdk'
import type { SessionInfo, Sessions } from './service.ts'

const MOST = 1000

/**
 * A session by its id, or by a beginning that no other has.
 * @throws SESSION_ID_INVALID, SESSION_NOT_FOUND with the nearest id, FLAG_INVALID for a beginning of several
 */
export async function findSession(sessions: Sessions, given: string): Promise<SessionInfo> {
  const start = given.replace(/…$/, '')
  const exact = await sessions.get(start)
  if (exact) return exact
  const all = await sessions.list({ limit: MOST })
  const [first, ...more] = all.filter(({ id }) => id.startsWith(start))
  if (first && more.length === 0) return first
  const ids = all.map(({ id }) => id)
  if (!first)
    throw new SpellError('SESSION_NOT_FOUND', `Session '${given}' is not in the store.`, {
      hint: didYouMean(given, ids, 'See the sessions with: llmspell session list'),
    })
  throw new SpellError(
    'FLAG_INVALID',
    `'${start}' is the beginning of ${more.length + 1} sessions: expected one of them.`,
    { hint: 'Write more of the id.' },
  )
}
