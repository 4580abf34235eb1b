import { isSpellError } from '@llmspell/sdk'
import type {
  ArtifactInfo,
  Artifacts,
  CommitOptions,
  Entry,
  Json,
  Scope,
  StateBackend,
  StateManager,
  StateOp,
} from '@llmspell/sdk'
import { notFound } from './errors.ts'
import type { SessionFilter, SessionInfo } from './types.ts'

const SCOPE: Scope = { tenant: 'local', kind: 'plugin', id: 'sessions' }
const PAGE = 100
const MOST_TRIES = 1000

/** The records of all sessions, in the store of the installation. */
export class SessionStore {
  readonly #state: StateManager
  readonly #artifacts: Artifacts | undefined

  constructor(state: StateManager, artifacts: Artifacts | undefined) {
    this.#state = state
    this.#artifacts = artifacts
  }

  async get(id: string): Promise<SessionInfo | undefined> {
    const entry = await (await this.#backend()).scope(SCOPE).get(id)
    return entry?.value as SessionInfo | undefined
  }

  /** @throws SESSION_NOT_FOUND */
  async known(id: string): Promise<SessionInfo> {
    const found = await this.get(id)
    if (found) return found
    throw notFound(id)
  }

  async list(
    { tags = [], status, limit = PAGE, after }: SessionFilter = {},
    may: (id: string) => boolean = () => true,
  ): Promise<readonly SessionInfo[]> {
    const last = after === undefined ? undefined : await this.known(after)
    const rows: SessionInfo[] = []
    for await (const [id, { value }] of (await this.#backend()).scope(SCOPE).iterate()) {
      const row = value as unknown as SessionInfo
      if (status !== undefined && row.status !== status) continue
      if (!tags.every((tag) => row.tags.includes(tag)) || !may(id)) continue
      if (last === undefined || isBefore(last, row)) place(rows, row, limit)
    }
    return rows
  }

  /** By the run: the sessions that it worked in. */
  async owners(): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>()
    for await (const [id, { value }] of (await this.#backend()).scope(SCOPE).iterate())
      for (const run of (value as unknown as SessionInfo).runs)
        found.set(run, [...(found.get(run) ?? []), id])
    return found
  }

  /** Keeps a new session; what is there under its id already stays. */
  async add(session: SessionInfo): Promise<SessionInfo> {
    const expect = [{ scope: SCOPE, key: session.id, rev: 'absent' }] as const
    try {
      await (await this.#backend()).commit([putOf(session)], { expect })
      return session
    } catch (error) {
      if (!isConflict(error)) throw error
      return this.known(session.id)
    }
  }

  /** Changes a session as it is at that moment. @throws SESSION_NOT_FOUND, what `fn` throws */
  async change(id: string, fn: (session: SessionInfo) => SessionInfo): Promise<SessionInfo> {
    const backend = await this.#backend()
    for (let tries = 1; ; tries++) {
      const entry = await backend.scope(SCOPE).get(id)
      if (!entry) throw notFound(id)
      const made = fn(entry.value as unknown as SessionInfo)
      const expect = [{ scope: SCOPE, key: id, rev: entry.rev }]
      try {
        await backend.commit([putOf(made)], { expect })
        return made
      } catch (error) {
        if (!isConflict(error) || tries === MOST_TRIES) throw error
      }
    }
  }

  /** Removes a session, its state and its artifacts; itself last, so that what breaks off can be done again. */
  async remove(id: string, options: CommitOptions = {}): Promise<void> {
    const backend = await this.#backend()
    await this.#artifacts?.release(id)
    await backend.scope(stateOf(id)).clear()
    await backend.commit([{ op: 'delete', scope: SCOPE, key: id }], options)
  }

  /** What the scripts of a session keep in it, in order of the keys. */
  async *state(
    id: string,
  ): AsyncGenerator<readonly [key: string, entry: Entry<Json | Uint8Array>]> {
    yield* (await this.#backend()).scope(stateOf(id)).iterate()
  }

  /** The artifacts of a session, in the order of their numbers. */
  async held(id: string): Promise<readonly ArtifactInfo[]> {
    return (await this.#artifacts?.list({ session: id })) ?? []
  }

  /** An artifact that another session holds, in one more session, with its number. */
  async hold(
    { id, name, mime, metadata, sequence, created }: ArtifactInfo,
    owner: { readonly session: string; readonly run: string },
  ): Promise<void> {
    const artifacts = this.#artifacts!
    const more = metadata === undefined ? {} : { metadata }
    const kept = { sequence: sequence!, created }
    await artifacts.save(artifacts.read(id), { name, mime, ...more, ...owner, kept })
  }

  async commit(ops: readonly StateOp[]): Promise<void> {
    await (await this.#backend()).commit(ops)
  }

  #backend(): Promise<StateBackend> {
    return this.#state.backend()
  }
}

export function stateOf(id: string): Scope {
  return { tenant: SCOPE.tenant, kind: 'session', id }
}

function putOf(session: SessionInfo): StateOp {
  return { op: 'put', scope: SCOPE, key: session.id, value: session as unknown as Json }
}

function isConflict(error: unknown): boolean {
  return isSpellError(error) && error.code === 'STATE_CONFLICT'
}

/** Newest first; of one moment, by the id. */
function isBefore(a: SessionInfo, b: SessionInfo): boolean {
  if (a.created_at !== b.created_at) return a.created_at > b.created_at
  return a.id < b.id
}

/** Keeps no more rows than are asked for. */
function place(rows: SessionInfo[], row: SessionInfo, limit: number): void {
  const at = rows.findIndex((other) => isBefore(row, other))
  if (at < 0) rows.push(row)
  else rows.splice(at, 0, row)
  if (rows.length > limit) rows.pop()
}
