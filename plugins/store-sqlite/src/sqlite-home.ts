import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { SpellError, StateCapabilities, StateStats } from '@llmspell/sdk'
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
} from '@llmspell/sdk/store'
import type { Head, RowHome, Rows, Spool } from '@llmspell/sdk/store'
import { isFull, told } from './errors.ts'
import { filling } from './filling.ts'
import type { StoreSqliteConfig } from './generated/config.ts'
import { openFile } from './opening.ts'
import type { Opened } from './opening.ts'
import { removeOldSpools, SPOOL } from './spools.ts'

export interface SqliteHomeOptions {
  readonly folder: string
  readonly config: StoreSqliteConfig
  readonly warn: (message: string) => void
}

/** A folder with a database file that other processes may have open too. */
export class SqliteHome implements RowHome {
  readonly id = 'sqlite'
  readonly capabilities: StateCapabilities = {
    atomic: 'store',
    snapshots: true,
    watch: 'store',
    multiProcess: true,
    durability: ['none', 'os', 'sync'],
    maxKeyBytes: MAX_KEY_BYTES,
    maxValueBytes: MAX_VALUE_BYTES,
  }
  readonly warn: (message: string) => void
  readonly #options: SqliteHomeOptions
  #folder = ''
  #opened: Opened | undefined
  #readOnly = false
  #tail: Tail | undefined

  constructor(options: SqliteHomeOptions) {
    this.#options = options
    this.warn = options.warn
  }

  get shared(): Opened['turns'] | undefined {
    return this.#opened?.turns
  }

  get health(): StateStats['health'] {
    return this.#readOnly || this.#opened?.writing.full ? 'read-only' : 'ok'
  }

  async open(options: { readonly signal: AbortSignal; readonly readOnly: boolean }): Promise<Rows> {
    const { folder, config } = this.#options
    options.signal.throwIfAborted()
    const allowRemote = config.allow_network_disk
    this.#folder = await privateFolder(folder, { plugin: 'store-sqlite', allowRemote })
    this.#readOnly = options.readOnly
    this.#opened = await openFile(this.#folder, config.busy_ms)
    return this.#opened.rows
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    this.#tail?.close()
    this.#tail = undefined
    opened?.close()
  }

  async check(_rows: Rows, head: Head): Promise<void> {
    if (this.#readOnly) return
    const lost = lostEnd(this.#folder, head)
    if (lost !== undefined) this.warn(lost)
    this.#tail = new Tail(this.#folder)
    await removeOldSpools(this.#folder)
  }

  lost(): SpellError | undefined {
    return lostStore(this.#folder, ['tail'])
  }

  synced(head: Head): void {
    this.#tail?.note(head)
  }

  async writable(): Promise<Rows> {
    if (this.#readOnly) throw readOnly(this.#folder)
    return this.#opened!.rows
  }

  async failed(cause: unknown): Promise<SpellError> {
    const error = told(this.#folder, cause)
    if (error.code === 'STATE_FULL') this.#full(error)
    return error
  }

  async spool(source: ReadableStream<Uint8Array>): Promise<Spool> {
    try {
      return await spoolTo(join(this.#folder, `${SPOOL}${randomUUID()}`), source)
    } catch (error) {
      throw isFull(error) ? full(this.#folder, error) : error
    }
  }

  /** In one transaction: whoever reads meanwhile reads the old rows. */
  async replace(fill: (rows: Rows) => Promise<Head>): Promise<Rows> {
    const rows = await this.writable()
    const { writing } = this.#opened!
    try {
      writing.empty()
      await fill(filling(rows, writing))
      writing.commit()
      return rows
    } catch (error) {
      throw await this.failed(error)
    }
  }

  #full(error: SpellError): void {
    const { writing } = this.#opened!
    if (!writing.full) this.warn(error.message)
    writing.full = true
  }
}
