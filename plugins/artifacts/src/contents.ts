import type { ArtifactInfo, CallContext, HostStream, Value } from '@llmspell/sdk'
import { decoded } from './content.ts'
import { exportTo } from './export.ts'
import { Held, idOf } from './held.ts'
import type { IdArg, SessionArg } from './held.ts'
import type { Services } from './module.ts'
import { accessOf, Ownership } from './owned.ts'
import { matching } from './query.ts'
import type { Query } from './query.ts'
import type { ArtifactRecord } from './record.ts'
import { rowOf } from './row.ts'
import type { Row } from './row.ts'
import type { Store } from './store.ts'
import { chunksOf, wholeOf } from './stream.ts'

/** What scripts do with what is stored. */
export class Contents {
  readonly #services: Services
  readonly #held: Held

  constructor(services: Services) {
    this.#services = services
    this.#held = new Held(services.permissions)
  }

  async get(session: SessionArg | undefined, given: IdArg, context: CallContext): Promise<Value> {
    const id = idOf(given)
    if (session !== undefined) return this.#getHeld(session, id, context)
    const [store, record] = await this.#granted('get', 'read', id, context)
    const content = decoded(await wholeOf(store, record), record.mime)
    return { id: record.id, metadata: rowOf(record), content }
  }

  async stream(given: IdArg, context: CallContext): Promise<HostStream> {
    const [store, record] = await this.#granted('stream', 'read', idOf(given), context)
    return context.stream(chunksOf(store, record))
  }

  async list(
    given: SessionArg | undefined,
    fn: string,
    context: CallContext,
  ): Promise<readonly Row[]> {
    const store = await this.#services.open()
    const ownership = new Ownership(this.#services.permissions, store)
    const listed = async (): Promise<readonly ArtifactInfo[]> => {
      if (given === undefined)
        return (await store.records()).filter((record) => ownership.mayList(record, context))
      return store.entries((await this.#held.session(given, fn, false, context))!)
    }
    const found = await listed()
    for (const info of found) ownership.seen(info, accessOf(context, fn))
    return found.map(rowOf)
  }

  async query(query: Query, context: CallContext): Promise<readonly Row[]> {
    return matching(await this.list(query.session_id, 'query', context), query)
  }

  async delete(given: SessionArg | undefined, id: IdArg, context: CallContext): Promise<boolean> {
    if (given !== undefined) {
      const session = await this.#held.session(given, 'delete', true, context)
      return (await (await this.#services.open()).release(session!, idOf(id))) > 0
    }
    const store = await this.#services.open()
    const record = await store.record(idOf(id))
    if (record.runs.includes(context.runId)) return store.leave(record.id, context.runId)
    return this.#drop(store, record, context)
  }

  async export(given: IdArg, path: string, context: CallContext): Promise<string> {
    const [store, record] = await this.#granted('export', 'read', idOf(given), context)
    const { files } = this.#services
    return exportTo(files, path, store.read(record.id), accessOf(context, 'export'))
  }

  /** What only the session of the run holds goes from there; what others hold is a file of theirs. */
  async #drop(store: Store, record: ArtifactRecord, context: CallContext): Promise<boolean> {
    const current = await this.#held.session(undefined, 'delete', true, context)
    const { runs, sessions = [] } = record
    const own = runs.length === 0 && sessions.length === 1 && sessions[0] === current
    if (own) return (await store.release(current!, record.id)) > 0
    await this.#require(store, 'delete', 'write', record, context)
    return store.remove(record.id)
  }

  async #getHeld(given: SessionArg, id: string, context: CallContext): Promise<Value> {
    const session = await this.#held.session(given, 'get', false, context)
    const store = await this.#services.open()
    const entry = await this.#held.entry(store, session!, id)
    new Ownership(this.#services.permissions, store).seen(entry, accessOf(context, 'get'))
    const content = decoded(await wholeOf(store, entry), entry.mime)
    return { id, metadata: rowOf(entry), content }
  }

  /** The record of an artifact that the run may use so. */
  async #granted(
    fn: string,
    permission: 'read' | 'write',
    id: string,
    context: CallContext,
  ): Promise<readonly [Store, ArtifactRecord]> {
    const store = await this.#services.open()
    const record = await store.record(id)
    await this.#require(store, fn, permission, record, context)
    return [store, record]
  }

  #require(
    store: Store,
    fn: string,
    permission: 'read' | 'write',
    record: ArtifactRecord,
    context: CallContext,
  ): Promise<void> {
    const ownership = new Ownership(this.#services.permissions, store)
    return ownership.require(permission, record, fn, context)
  }
}
