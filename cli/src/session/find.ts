import { didYouMean, printable, SpellError } from '@llmspell/sdk'
import type { SessionInfo, Sessions } from './service.ts'

const MOST = 1000
const MOST_NAME = 100

/**
 * A session by its id, by its name, or by a beginning of its id that no other has. Of a name the newest that is not over.
 * @throws SESSION_ID_INVALID, SESSION_NOT_FOUND with the nearest id, FLAG_INVALID for a beginning of several
 */
export async function findSession(sessions: Sessions, given: string): Promise<SessionInfo> {
  const start = given.replace(/…$/, '')
  const all = await sessions.list({ limit: MOST })
  const exact =
    all.find(({ id }) => id === start) ?? named(all, given) ?? (await sessions.get(start))
  if (exact) return exact
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

/** The newest of that name that goes on, else the newest. */
function named(all: readonly SessionInfo[], name: string): SessionInfo | undefined {
  const found = all.filter((session) => session.name === name)
  return found.find(({ status }) => status !== 'completed') ?? found[0]
}

/** A name that people can read and write. @throws FLAG_INVALID */
export function checkName(name: string): string {
  if (name.trim() !== '' && name.length <= MOST_NAME && !/[\p{Cc}\p{Cf}]/u.test(name)) return name
  throw unnamed(name)
}

function unnamed(name: string): SpellError {
  const found = name.trim() === '' ? 'an empty one' : `'${printable(name, 40)}'`
  return new SpellError(
    'FLAG_INVALID',
    `A session needs a name or an id: expected 1 to ${MOST_NAME} characters that can be seen, found ${found}.`,
    { hint: 'See the sessions with: llmspell session list' },
  )
}
