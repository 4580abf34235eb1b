import { currentSession, sessionBehind, SessionGuard } from '@llmspell/sdk'
import type { CallContext, HandleRef, Permissions } from '@llmspell/sdk'
import { notFound } from './errors.ts'
import type { Entry } from './shelf.ts'
import type { Store } from './store.ts'

/** A session, or its id. */
export type SessionArg = string | HandleRef
/** An artifact by its id, its hash, or what `save` gave. */
export type IdArg = string | { readonly content_hash: string }

const HASH = /^[0-9a-f]{64}$/

export function idOf(given: IdArg): string {
  const text = typeof given === 'string' ? given : given.content_hash
  return HASH.test(text) ? `sha256-${text}` : text
}

/** What scripts do with the contents of sessions. */
export class Held {
  readonly #guard: SessionGuard

  constructor(permissions: Permissions) {
    this.#guard = new SessionGuard(permissions, 'Artifact')
  }

  /**
   * The session that a call means; without one, the current.
   * @throws SESSION_NOT_FOUND, SESSION_ID_INVALID, PERMISSION_DENIED, NOT_AVAILABLE where nothing owns sessions
   */
  async session(
    given: SessionArg | undefined,
    fn: string,
    writes: boolean,
    context: CallContext,
  ): Promise<string | undefined> {
    if (given === undefined && currentSession(context).id === undefined) return undefined
    const id = given === undefined ? currentSession(context).id! : sessionId(given, context)
    if (given !== undefined) await context.call('Session', 'get', [id])
    await this.#guard.require(id, fn, writes, context)
    return sessionBehind(id, context)
  }

  /** What a session holds under this id, the last where there are several. @throws ARTIFACT_NOT_FOUND */
  async entry(store: Store, session: string, id: string): Promise<Entry> {
    const found = (await store.entries(session)).findLast((entry) => entry.id === id)
    if (found) return found
    throw notFound(id, session)
  }
}

function sessionId(given: SessionArg, context: CallContext): string {
  return typeof given === 'string' ? given : (context.resolve(given) as { readonly id: string }).id
}
