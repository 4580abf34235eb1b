import { rm } from 'node:fs/promises'
import type { ArtifactFacts, ArtifactInfo, Artifacts, ByteRange } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import { failed } from './errors.ts'
import type { Place } from './place.ts'
import { Quota } from './quota.ts'
import type { Limits } from './quota.ts'
import { Reader } from './reader.ts'
import { infoOf, readRecord, recordOf, writeRecord } from './record.ts'
import type { ArtifactRecord } from './record.ts'
import { Shelf } from './shelf.ts'
import type { Entry } from './shelf.ts'
import { writeContent } from './writer.ts'
import type { Content } from './writer.ts'

/** The store over one folder. */
export class Store implements Artifacts {
  readonly #place: Place
  readonly #quota: Quota
  readonly #reader = new Reader()
  readonly #shelf: Shelf

  constructor(place: Place, limits: Limits) {
    this.#place = place
    this.#shelf = new Shelf(place)
    this.#quota = new Quota(limits, async () => (await this.records()).map(({ bytes }) => bytes))
  }

  async save(content: Content, facts: ArtifactFacts): Promise<ArtifactInfo> {
    const account = await this.#quota.open(facts.name)
    try {
      const { id, bytes } = await writeContent(this.#place, content, (size) => account.add(size))
      const before = await readRecord(this.#place, id).catch(() => undefined)
      const record = recordOf(id, bytes, facts, before)
      await writeRecord(this.#place, record)
      if (!before) account.keep()
      return await this.#shelved(infoOf(record), facts)
    } catch (error) {
      throw isSystemError(error) ? failed('store it', error) : error
    } finally {
      account.drop()
    }
  }

  async #shelved(info: ArtifactInfo, { session, kept }: ArtifactFacts): Promise<ArtifactInfo> {
    if (session === undefined) return info
    const created = kept?.created ?? new Date().toISOString()
    return this.#shelf.add({ ...info, created, session }, kept?.sequence)
  }

  async info(id: string): Promise<ArtifactInfo> {
    return infoOf(await this.record(id))
  }

  /** @throws ARTIFACT_NOT_FOUND, ARTIFACT_DAMAGED */
  record(id: string): Promise<ArtifactRecord> {
    return readRecord(this.#place, id)
  }

  /** For permissions: a content is a file like others. */
  fileOf(id: string): string {
    return this.#place.content(id)
  }

  async *read(id: string, range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    const { bytes } = await this.record(id)
    yield* this.#reader.read({ id, bytes, file: this.#place.content(id) }, range)
  }

  async list({ run, session }: { readonly run?: string; readonly session?: string } = {}): Promise<
    readonly ArtifactInfo[]
  > {
    if (session !== undefined) {
      const held = await this.entries(session)
      return run === undefined ? held : held.filter((entry) => entry.run === run)
    }
    const records = await this.records()
    const wanted = run === undefined ? records : records.filter(({ runs }) => runs.includes(run))
    return wanted.map(infoOf)
  }

  async remove(id: string): Promise<boolean> {
    const file = this.#place.content(id)
    const record = await this.record(id).catch((error: unknown) => error)
    if (isSpellError(record) && record.code === 'ARTIFACT_NOT_FOUND') return false
    try {
      const { sessions = [] } = isSpellError(record) ? {} : (record as ArtifactRecord)
      for (const session of sessions) await this.#shelf.drop(session, id)
      await rm(file, { force: true })
      await rm(this.#place.record(id), { force: true })
    } catch (error) {
      throw failed(`remove '${id}'`, error)
    }
    this.#quota.forget()
    return true
  }

  /** What a session holds, in the order of its numbers. */
  entries(session: string): Promise<Entry[]> {
    return this.#shelf.list(session)
  }

  /** Lets one run go of it; it is removed when nobody else has stored it. */
  async leave(id: string, run: string): Promise<boolean> {
    const record = await this.record(id)
    return this.#hold({ ...record, runs: record.runs.filter((one) => one !== run) })
  }

  async release(session: string, id?: string): Promise<number> {
    const gone = await this.#shelf.drop(session, id)
    for (const one of new Set(gone.map((entry) => entry.id))) {
      const record = await this.record(one).catch(() => undefined)
      const sessions = record?.sessions?.filter((other) => other !== session) ?? []
      if (record) await this.#hold({ ...record, sessions })
    }
    return gone.length
  }

  async #hold(record: ArtifactRecord): Promise<boolean> {
    const { runs, sessions = [] } = record
    if (runs.length + sessions.length === 0) return this.remove(record.id)
    await writeRecord(this.#place, record)
    return true
  }

  /** Oldest first. A record that cannot be read is no artifact, and hides no other. */
  async records(): Promise<ArtifactRecord[]> {
    const ids = await this.#place.ids()
    const read = await Promise.allSettled(ids.map((id) => this.record(id)))
    const records = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    return records.sort((a, b) => (a.created < b.created ? -1 : a.created > b.created ? 1 : 0))
  }
}

function isSystemError(error: unknown): boolean {
  return !isSpellError(error) && typeof (error as { syscall?: unknown }).syscall === 'string'
}
