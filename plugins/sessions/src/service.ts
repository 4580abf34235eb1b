import { randomUUID } from 'node:crypto'
import type { FileParts } from './file/index.ts'
import { checkId } from './errors.ts'
import { changed, fresh, refuseEnded, tagging } from './info.ts'
import type { Change } from './info.ts'
import type { PointName, Points } from './points.ts'
import type { Replays } from './replay.ts'
import type {
  HostReplayOptions,
  ImportedSession,
  ReplayFacts,
  SessionDraft,
  SessionFilter,
  SessionInfo,
  SessionReplay,
  Sessions,
  SessionUsage,
} from './types.ts'
import { usageOf } from './usage.ts'

export interface ServiceParts extends FileParts {
  readonly points: Points
  readonly replays: Replays
}

/** Service `sessions`. */
export class HostSessions implements Sessions {
  readonly #parts: ServiceParts

  constructor(parts: ServiceParts) {
    this.#parts = parts
  }

  async get(id: string): Promise<SessionInfo | undefined> {
    return this.#parts.store.get(checkId(id))
  }

  async list(filter: SessionFilter = {}): Promise<readonly SessionInfo[]> {
    if (filter.after !== undefined) checkId(filter.after)
    return this.#parts.store.list(filter)
  }

  async create(draft: SessionDraft = {}): Promise<SessionInfo> {
    const session = await this.#parts.store.add(fresh(draft, { key: randomUUID() }))
    await this.#parts.points.tell('start', session, {})
    return session
  }

  tag(
    id: string,
    tags: readonly string[],
    { remove = false }: { readonly remove?: boolean } = {},
  ): Promise<SessionInfo> {
    return this.#change(id, undefined, () => ({ tags: tagging(tags, remove) }))
  }

  save(id: string): Promise<SessionInfo> {
    return this.#change(id, 'saved', () => ({}))
  }

  suspend(id: string): Promise<SessionInfo> {
    return this.#change(id, 'checkpoint', (before) => {
      refuseEnded('suspended', before)
      return { status: 'suspended' }
    })
  }

  resume(id: string): Promise<SessionInfo> {
    return this.#change(id, 'restored', (before) => {
      refuseEnded('resumed', before)
      return { status: 'active' }
    })
  }

  complete(id: string): Promise<SessionInfo> {
    return this.#change(id, 'end', () => ({ status: 'completed' }))
  }

  async delete(id: string): Promise<boolean> {
    const { store } = this.#parts
    if (!(await store.get(checkId(id)))) return false
    await store.remove(id)
    return true
  }

  enter(id: string, runId?: string): Promise<SessionInfo> {
    return this.#change(id, undefined, (before) => {
      refuseEnded('worked in', before)
      return { status: 'active', runId }
    })
  }

  async leave(
    id: string,
    { runId, failed }: { readonly runId?: string; readonly failed: boolean },
  ): Promise<void> {
    // The script may have removed it, or have said how it stands.
    if (!(await this.#parts.store.get(checkId(id)))) return
    await this.#change(id, undefined, ({ status }) => ({
      runId,
      status: failed && status === 'active' ? 'failed' : status,
    }))
  }

  async usage(id: string): Promise<SessionUsage> {
    const { store } = this.#parts
    return usageOf(store, (await store.known(checkId(id))).id)
  }

  async replayFacts(id: string): Promise<ReplayFacts> {
    return this.#parts.replays.facts(await this.#parts.store.known(checkId(id)))
  }

  async replay(id: string, options: HostReplayOptions = {}): Promise<SessionReplay> {
    const session = await this.#parts.store.known(checkId(id))
    return this.#parts.replays.replay(session, { key: randomUUID(), ...options })
  }

  async *export(id: string): AsyncIterable<Uint8Array> {
    const session = await this.#parts.store.known(checkId(id))
    const { exported } = await import('./file/index.ts')
    yield* exported(this.#parts, session)
  }

  async import(
    open: () => AsyncIterable<Uint8Array>,
    { as }: { readonly as?: string } = {},
  ): Promise<ImportedSession> {
    if (as !== undefined) checkId(as)
    const { imported } = await import('./file/index.ts')
    return imported(this.#parts, open, as)
  }

  async #change(
    id: string,
    told: PointName | undefined,
    change: (before: SessionInfo) => Change,
  ): Promise<SessionInfo> {
    const { store, points } = this.#parts
    const session = await store.change(checkId(id), (before) => changed(before, change(before)))
    if (told) await points.tell(told, session, {})
    return session
  }
}
