import { createHash } from 'node:crypto'
import { currentSession } from '@llmspell/sdk'
import type { CallContext, HandleRef, Value } from '@llmspell/sdk'
import { checkId, ended } from './errors.ts'
import type { Guard } from './guard.ts'
import type { PointName, Points } from './points.ts'
import type { SessionStore } from './store.ts'
import type { SessionInfo, SessionStatus } from './types.ts'

const MOST_RUNS = 1000

export interface Draft {
  readonly name?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly metadata?: { readonly [key: string]: Value }
}

/** What a handle of the script stands for: the rest is read when it is needed. */
export interface Held {
  readonly id: string
}

export interface Parts {
  readonly store: SessionStore
  readonly guard: Guard
  readonly points: Points
}

/** What scripts do with sessions. */
export class SessionWork {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A new session; current where there is none. */
  async create(draft: Draft, context: CallContext): Promise<HandleRef> {
    const { store, points } = this.#parts
    const current = currentSession(context)
    const made = (await context.step(
      'create',
      async (inner, { idempotencyKey }) => {
        const shown = (inner.redact?.(draft as Value) ?? draft) as Draft
        const session = await store.add(fresh(shown, idempotencyKey, current.id, context))
        await points.tell('start', session, context)
        return session as never
      },
      { effect: 'idempotent' },
    )) as unknown as SessionInfo
    current.id ??= made.id
    return this.#handle(made, context)
  }

  async get(id: string, context: CallContext): Promise<HandleRef> {
    return this.#handle(await this.#known(id, 'get', context), context)
  }

  async load(id: string, context: CallContext): Promise<HandleRef> {
    await this.#known(id, 'load', context)
    return this.#handle(await this.#change(id, 'restored', {}, context), context)
  }

  async save(id: string, context: CallContext): Promise<boolean> {
    await this.#known(id, 'save', context)
    await this.#change(id, 'saved', {}, context)
    return true
  }

  /** Puts it aside, to be resumed. False where it was aside. */
  async suspend(id: string, context: CallContext): Promise<boolean> {
    const { status } = await this.#open(id, 'suspended', context)
    if (status === 'suspended') return false
    await this.#change(id, 'checkpoint', { status: 'suspended' }, context)
    leave(id, context)
    return true
  }

  /** Goes on with it, and makes it current. */
  async resume(id: string, context: CallContext): Promise<HandleRef> {
    await this.#open(id, 'resumed', context)
    const session = await this.#change(id, 'restored', { status: 'active' }, context)
    currentSession(context).id = id
    return this.#handle(session, context)
  }

  /** False where it was completed before. */
  async complete(id: string, context: CallContext): Promise<boolean> {
    const { status } = await this.#known(id, 'complete', context)
    if (status === 'completed') return false
    await this.#change(id, 'end', { status: 'completed' }, context)
    leave(id, context)
    return true
  }

  /** Removes it and its state. False where there was none. */
  async delete(id: string, context: CallContext): Promise<boolean> {
    const { store, guard } = this.#parts
    await guard.require(checkId(id), 'delete', true, context)
    const found = await context.step('look', async () => (await store.get(id)) !== undefined, {
      effect: 'pure',
    })
    if (!found) return false
    const remove = (): Promise<void> => store.remove(id, {})
    await context.step('delete', remove, { effect: 'idempotent' })
    leave(id, context)
    return true
  }

  async current(context: CallContext): Promise<HandleRef | null> {
    const { id } = currentSession(context)
    return id === undefined ? null : this.get(id, context)
  }

  async setCurrent(id: string | undefined, context: CallContext): Promise<HandleRef | null> {
    if (id === undefined) {
      currentSession(context).id = undefined
      return null
    }
    const session = await this.#open(id, 'made current', context)
    await this.#change(id, undefined, {}, context)
    currentSession(context).id = id
    return this.#handle(session, context)
  }

  /** @throws SESSION_ID_INVALID, SESSION_NOT_FOUND, PERMISSION_DENIED */
  async #known(id: string, fn: string, context: CallContext): Promise<SessionInfo> {
    const { guard, store } = this.#parts
    await guard.require(checkId(id), fn, fn !== 'get', context)
    const found = await context.step('look', async () => (await store.known(id)) as never, {
      effect: 'pure',
    })
    return found as unknown as SessionInfo
  }

  /** @throws SESSION_ENDED */
  async #open(id: string, verb: string, context: CallContext): Promise<SessionInfo> {
    const session = await this.#known(id, verb, context)
    if (session.status === 'completed') throw ended(verb, session)
    return session
  }

  /** @param told the point that hears of it */
  async #change(
    id: string,
    told: PointName | undefined,
    parts: { readonly status?: SessionStatus },
    context: CallContext,
  ): Promise<SessionInfo> {
    const made = (before: SessionInfo): SessionInfo => ({
      ...before,
      ...parts,
      updated_at: new Date().toISOString(),
      runs: withRun(before.runs, context.runId),
    })
    const changed = async () => {
      const session = await this.#parts.store.change(id, made)
      if (told) await this.#parts.points.tell(told, session, context)
      return session as never
    }
    return (await context.step('change', changed, {
      effect: 'idempotent',
    })) as unknown as SessionInfo
  }

  #handle({ runs: _runs, ...fields }: SessionInfo, context: CallContext): HandleRef {
    const held: Held = { id: fields.id }
    return context.handle('Session', held, fields)
  }
}

function withRun(runs: readonly string[], run: string): readonly string[] {
  return [...runs.filter((one) => one !== run), run].slice(-MOST_RUNS)
}

/** A session that is put aside or over is nobody's current one. */
function leave(id: string, context: CallContext): void {
  const current = currentSession(context)
  if (current.id === id) current.id = undefined
}

/** @param key the same for each try of one call, so that they make one session */
function fresh(
  { name, description, tags = [], metadata = {} }: Draft,
  key: string,
  parent: string | undefined,
  { runId }: CallContext,
): SessionInfo {
  const at = new Date().toISOString()
  return {
    id: `session-${createHash('sha256').update(key).digest('hex').slice(0, 20)}`,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    tags: [...new Set(tags)],
    status: 'active',
    created_at: at,
    updated_at: at,
    ...(parent === undefined ? {} : { parent_session_id: parent }),
    custom_metadata: metadata,
    runs: [runId],
  }
}
