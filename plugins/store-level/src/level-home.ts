import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { StateCapabilities, StateStats } from '@llmspell/sdk'
import {
  full,
  lostEnd,
  lostStore,
  MAX_KEY_BYTES,
  MAX_VALUE_BYTES,
  privateFolder,
  readOnly,
  spoolTo,
  Tail,
  textOf,
  unavailable,
} from '@llmspell/sdk/store'
import type { Head, RowHome, Rows, Spool } from '@llmspell/sdk/store'
import type { StoreLevelConfig } from './generated/config.ts'
import { currentFolder, makeCurrent, nextFolder, removeOthers } from './generation.ts'
import { isFull, isLocked, logBytes, notOpened, notWritten, openLevel } from './level.ts'
import { folderGone, lockMark } from './lock-mark.ts'
import type { Level } from './level.ts'
import { LevelRows } from './level-rows.ts'
import { claim, locked, release } from './owner.ts'
import { Reserve } from './reserve.ts'
import { checkChanges, noteHead } from './trust.ts'

export interface LevelHomeOptions {
  readonly folder: string
  readonly config: Omit<StoreLevelConfig, 'patience_ms'>
  readonly warn: (message: string) => void
}

export const CAPABILITIES: StateCapabilities = {
  atomic: 'store',
  snapshots: true,
  watch: 'store',
  multiProcess: true,
  durability: ['none', 'os', 'sync'],
  maxKeyBytes: MAX_KEY_BYTES,
  maxValueBytes: MAX_VALUE_BYTES,
}

/** A folder with a database and what surrounds it. */
export class LevelHome implements RowHome {
  readonly id = 'level'
  readonly capabilities = CAPABILITIES
  readonly warn: (message: string) => void
  health: StateStats['health'] = 'ok'
  readonly #options: LevelHomeOptions
  #folder = ''
  #place = ''
  #mark: string | undefined
  #rows: LevelRows | undefined
  #reserve: Reserve | undefined
  #readOnly = false
  #tail: Tail | undefined

  constructor(options: LevelHomeOptions) {
    this.#options = options
    this.warn = options.warn
  }

  async open(options: { readonly signal: AbortSignal; readonly readOnly: boolean }): Promise<Rows> {
    const { folder, config } = this.#options
    options.signal.throwIfAborted()
    this.#folder = await privateFolder(folder, {
      plugin: 'store-level',
      allowRemote: config.allow_network_disk,
    })
    this.#readOnly = options.readOnly
    claim(this.#folder)
    this.health = this.#readOnly ? 'read-only' : 'ok'
    try {
      this.#reserve = new Reserve(this.#folder, config.reserve_bytes)
      this.#rows = new LevelRows(await this.#openCurrent())
      this.#mark = lockMark(this.#place)
      return this.#rows
    } catch (error) {
      release(this.#folder)
      if (error instanceof SpellError) throw error
      throw unavailable(this.#folder, `'${textOf(error)}'`, error)
    }
  }

  async close(head?: Head): Promise<void> {
    const rows = this.#rows
    this.#rows = undefined
    this.#tail?.close()
    this.#tail = undefined
    await this.#reserve?.settled()
    try {
      if (rows && !rows.lost) await this.#shut(rows.level, head)
    } finally {
      release(this.#folder)
    }
  }

  async check(rows: Rows, head: Head): Promise<void> {
    if (this.#readOnly) return
    await checkChanges(this.#folder, rows, head)
    const lost = lostEnd(this.#folder, head)
    if (lost !== undefined) this.warn(lost)
    this.#tail = new Tail(this.#folder)
    await removeOthers(this.#folder, this.#place)
  }

  lost(): SpellError | undefined {
    return lostStore(this.#folder, ['tail', 'head.json'])
  }

  synced(head: Head): void {
    this.#tail?.note(head)
  }

  async writable(): Promise<Rows> {
    if (this.#readOnly) throw readOnly(this.#folder)
    if (this.#moved) throw folderGone(this.#folder)
    const rows = this.#rows!
    if (this.health === 'read-only') await this.#recover(rows)
    this.#reserve!.make()
    return rows
  }

  async failed(cause: unknown): Promise<SpellError> {
    const rows = this.#rows!
    const error = notWritten(this.#folder, cause)
    this.health = 'read-only'
    this.warn(error.message)
    await this.#reopen(rows, error)
    return error
  }

  spool(source: ReadableStream<Uint8Array>): Promise<Spool> {
    return spoolTo(join(this.#folder, `spool-${randomUUID()}`), source)
  }

  /** The old database stays locked until the file says that the new one counts. */
  async replace(fill: (rows: Rows) => Promise<Head>): Promise<Rows> {
    const rows = await this.writable()
    const place = await nextFolder(this.#folder)
    const level = await this.#openAt(place)
    try {
      await fill(new LevelRows(level))
      await makeCurrent(this.#folder, place)
    } catch (error) {
      await level.close()
      await rm(place, { recursive: true, force: true })
      throw error
    }
    const old = this.#rows!.level
    this.#place = place
    this.#mark = lockMark(place)
    this.#rows!.put(level)
    await old.close()
    return rows
  }

  /** True where another database lies in the folder, or none. */
  get #moved(): boolean {
    return lockMark(this.#place) !== this.#mark
  }

  async #shut(level: Level, head: Head | undefined): Promise<void> {
    const moved = this.#moved
    await level.close()
    if (!head || this.#readOnly) return
    if (moved) return this.warn(folderGone(this.#folder).message)
    await noteHead(this.#folder, head).catch((error: unknown) => {
      // The older note stays: it asks for less.
      if (!isFull(error)) throw error
    })
  }

  async #openCurrent(): Promise<Level> {
    this.#place = await currentFolder(this.#folder)
    const level = await this.#openPlace()
    // Whoever had it may have restored another one between the two lines above.
    if ((await currentFolder(this.#folder)) === this.#place) return level
    await level.close()
    return this.#openCurrent()
  }

  #openAt(place: string): Promise<Level> {
    return openLevel(place, logBytes(this.#options.config.reserve_bytes))
  }

  async #openPlace(): Promise<Level> {
    try {
      return await this.#openAt(this.#place)
    } catch (error) {
      if (isLocked(error)) throw locked(this.#folder)
      const told = notOpened(this.#folder, error)
      if (told.code !== 'STATE_FULL') throw told
      return this.#openWithoutReserve(told)
    }
  }

  async #openWithoutReserve(told: SpellError): Promise<Level> {
    this.health = 'read-only'
    await this.#reserve!.giveUp()
    const first = await this.#openAt(this.#place).catch(() => undefined)
    if (first) return first
    this.#reserve!.giveUpLast()
    const last = await this.#openAt(this.#place).catch(() => undefined)
    this.#reserve!.keepLast()
    if (last) return last
    throw told
  }

  async #reopen(rows: LevelRows, error: SpellError): Promise<void> {
    const old = rows.lost ? undefined : rows.level
    rows.lose(error)
    await old?.close().catch(() => undefined)
    // Not before: what the database is doing in the background would eat it up.
    await this.#reserve!.giveUp()
    const level = await this.#openAt(this.#place).catch(() => undefined)
    if (level) rows.put(level)
  }

  async #recover(rows: LevelRows): Promise<void> {
    if (!(await this.#reserve!.allows())) throw full(this.#folder)
    // What the database tried in the background meanwhile may have failed, and then no write succeeds.
    await this.#reopen(rows, full(this.#folder))
    if (rows.lost) throw full(this.#folder)
    this.health = 'ok'
  }
}
