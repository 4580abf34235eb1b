import { currentSession, isSpellError, sessionBehind } from '@llmspell/sdk'
import type { CallContext, HandleRef, SessionGuard, Value } from '@llmspell/sdk'
import { checkId } from './errors.ts'
import { changed, fresh, refuseEnded, tagging } from './info.ts'
import type { Change } from './info.ts'
import type { PointName, Points } from './points.ts'
import type { SessionStore } from './store.ts'
import type { SessionDraft, SessionInfo } from './types.ts'

/** What a handle of the script stands for: the rest is read when it is needed. */
export interface Held {
  readonly id: string
  readonly name?: string | undefined
  /** What it was when it was handed out, for people. */
  label(): string
}

export interface Parts {
  readonly store: SessionStore
  readonly guard: SessionGuard
  readonly points: Points
}

/** What scripts do with sessions. */
export class SessionWork {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A new session; current where there is none. */
  async create(draft: SessionDraft, context: CallContext): Promise<HandleRef> {
    const { store, points, guard } = this.#parts
    const current = currentSession(context)
    const made = (await context.step(
      'create',
      async (inner, { idempotencyKey: key }) => {
        const shown = (inner.redact?.(draft as Value) ?? draft) as SessionDraft
        const birth = { key, parent: current.id, runId: context.runId }
        const made = { ...fresh(shown, birth), ...guard.markOf(context) }
        await guard.require(made.id, 'create', true, context)
        const session = await store.add(made)
        await points.tell('start', session, context)
        return session as never
      },
      { effect: 'idempotent' },
    )) as unknown as SessionInfo
    if (current.id === undefined) this.#stay(made.id, context)
    return this.#handle(made, context)
  }

  async get(id: string, context: CallContext): Promise<HandleRef> {
    return this.#handle(await this.known(id, 'get', context), context)
  }

  async load(id: string, context: CallContext): Promise<HandleRef> {
    await this.known(id, 'load', context)
    return this.#handle(await this.#change(id, 'restored', {}, context), context)
  }

  async save(id: string, context: CallContext): Promise<boolean> {
    await this.known(id, 'save', context)
    await this.#change(id, 'saved', {}, context)
    return true
  }

  /** All its tags, as they are then. */
  async tag(
    id: string,
    given: readonly string[],
    remove: boolean,
    context: CallContext,
  ): Promise<readonly string[]> {
    await this.known(id, 'tag', context)
    const tags = (context.redact?.(given) ?? given) as readonly string[]
    const mark = this.#parts.guard.markOf(context)
    const change = { tags: tagging(tags, remove), ...mark }
    return (await this.#change(id, undefined, change, context)).tags
  }

  /** Puts it aside, to be resumed. False where it was aside. */
  async suspend(id: string, context: CallContext): Promise<boolean> {
    const { status } = refuseEnded('suspended', await this.known(id, 'suspend', context))
    if (status === 'suspended') return false
    await this.#change(id, 'checkpoint', { status: 'suspended' }, context)
    leave(id, context)
    return true
  }

  /** Goes on with it, and makes it current. */
  async resume(id: string, context: CallContext): Promise<HandleRef> {
    refuseEnded('resumed', await this.known(id, 'resume', context))
    const session = await this.#change(id, 'restored', { status: 'active' }, context)
    this.#stay(id, context)
    return this.#handle(session, context)
  }

  /** False where it was completed before. */
  async complete(id: string, context: CallContext): Promise<boolean> {
    const { status } = await this.known(id, 'complete', context)
    if (status === 'completed') return false
    await this.#change(id, 'end', { status: 'completed' }, context)
    leave(id, context)
    return true
  }

  /** Removes it, its state and its artifacts. False where there was none. */
  async delete(id: string, context: CallContext): Promise<boolean> {
    const { store, guard } = this.#parts
    await guard.require(checkId(id), 'delete', true, context)
    const kept = sessionBehind(id, context)
    const found = await context.step('look', async () => (await store.get(kept)) !== undefined, {
      effect: 'pure',
    })
    if (!found) return false
    await context.step('delete', () => store.remove(kept), { effect: 'idempotent' })
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
    const session = refuseEnded('made current', await this.known(id, 'set_current', context))
    await this.#change(id, undefined, {}, context)
    this.#stay(id, context)
    return this.#handle(session, context)
  }

  /** @throws SESSION_ID_INVALID, SESSION_NOT_FOUND, PERMISSION_DENIED */
  async known(id: string, fn: string, context: CallContext): Promise<SessionInfo> {
    const { guard, store } = this.#parts
    await guard.require(checkId(id), fn, !READS.has(fn), context)
    const look = async (): Promise<never> => {
      const session = await store.known(sessionBehind(id, context))
      guard.seen(session, context)
      return { ...session, id } as never
    }
    return (await context.step('look', look, { effect: 'pure' })) as unknown as SessionInfo
  }

  /** What runs did belongs to all sessions that they worked in. @throws PERMISSION_DENIED */
  async requireRuns({ runs }: SessionInfo, context: CallContext): Promise<void> {
    const { guard, store } = this.#parts
    const all = await store.owners()
    const owners = new Set(runs.flatMap((run) => all.get(run) ?? []))
    for (const owner of owners) await guard.require(owner, 'replay', false, context)
  }

  /** @param told the point that hears of it */
  async #change(
    id: string,
    told: PointName | undefined,
    change: Change,
    context: CallContext,
  ): Promise<SessionInfo> {
    const { runId } = context
    const work = async () => {
      const session = await this.#parts.store.change(sessionBehind(id, context), (before) =>
        changed(before, { ...change, runId }),
      )
      if (told) await this.#parts.points.tell(told, session, context)
      return { ...session, id } as never
    }
    return (await context.step('change', work, {
      effect: 'idempotent',
    })) as unknown as SessionInfo
  }

  /** The run works in it from here on: where it fails, the session has failed. */
  #stay(id: string, context: CallContext): void {
    currentSession(context).id = id
    context.share('session.end', () => {
      context.onEnd((failure) => this.#failed(failure, context))
      return { value: true }
    })
  }

  async #failed(failure: unknown, context: CallContext): Promise<void> {
    const { id: current } = currentSession(context)
    const again = context.durable?.mode === 'replay'
    if (failure === undefined || current === undefined || again || isPause(failure)) return
    const id = sessionBehind(current, context)
    const { store } = this.#parts
    if ((await store.get(id))?.status !== 'active') return
    await store.change(id, (before) => changed(before, { status: 'failed' }))
  }

  #handle(
    { runs: _runs, untrusted: _untrusted, ...fields }: SessionInfo,
    context: CallContext,
  ): HandleRef {
    const held: Held = { id: fields.id, name: fields.name, label: () => fields.status }
    return context.handle('Session', held, fields)
  }
}

const READS: ReadonlySet<string> = new Set(['get', 'replay'])

/** The run only leaves memory. */
function isPause(failure: unknown): boolean {
  return isSpellError(failure) && ['RUN_SUSPENDED', 'RUN_WAITING'].includes(failure.code)
}

/** A session that is put aside or over is nobody's current one. */
function leave(id: string, context: CallContext): void {
  const current = currentSession(context)
  if (current.id === id) current.id = undefined
}
