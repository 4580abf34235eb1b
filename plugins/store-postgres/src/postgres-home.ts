import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import { SpellError } from '@llmspell/sdk'
import type { Durability, Secrets, StateCapabilities, StateStats } from '@llmspell/sdk'
import { MAX_KEY_BYTES, MAX_VALUE_BYTES, spoolTo, uncertain } from '@llmspell/sdk/store'
import type {
  Batch,
  Head,
  RowOp,
  RowWrites,
  ServerHome,
  ServerRows,
  Spool,
} from '@llmspell/sdk/store'
import { isLost, isRaced, readOnly } from './errors.ts'
import type { StorePostgresConfig } from './generated/config.ts'
import { Link } from './link.ts'
import { Listener } from './listener.ts'
import { PostgresRows } from './postgres-rows.ts'
import { areThere, makeTables, tablesOf } from './tables.ts'
import type { Tables } from './tables.ts'
import { Transaction } from './transaction.ts'

export interface PostgresHomeOptions {
  readonly config: StorePostgresConfig
  readonly secrets?: Secrets | undefined
  readonly warn: (message: string) => void
}

type Work = (transaction: Transaction, head: Head) => Promise<Head>

/** A schema of a database. */
export class PostgresHome implements ServerHome {
  readonly id = 'postgres'
  readonly health: StateStats['health'] = 'ok'
  readonly warn: (message: string) => void
  readonly #options: PostgresHomeOptions
  readonly #tables: Tables
  readonly #writer = randomUUID()
  #durability: readonly Durability[] = ['none', 'os', 'sync']
  #batch = 0n
  #readOnly = false
  #link: Link | undefined
  #rows: PostgresRows | undefined
  #listener: Listener | undefined

  constructor(options: PostgresHomeOptions) {
    this.#options = options
    this.#tables = tablesOf(options.config.schema)
    this.warn = options.warn
  }

  get capabilities(): StateCapabilities {
    return {
      atomic: 'store',
      snapshots: true,
      watch: 'store',
      multiProcess: true,
      durability: this.#durability,
      maxKeyBytes: MAX_KEY_BYTES,
      maxValueBytes: MAX_VALUE_BYTES,
    }
  }

  get rows(): ServerRows & RowWrites {
    return this.#rows!
  }

  async open(options: Parameters<ServerHome['open']>[0]): Promise<void> {
    options.signal.throwIfAborted()
    const { config, secrets } = this.#options
    const link = await Link.to(config, secrets)
    this.#link = link
    this.#readOnly = options.readOnly
    this.#rows = new PostgresRows(link, this.#tables, (ops) => this.#write(ops))
    await link.patience.through(() => link.withClient((client) => this.#prepare(client)))
    this.#listener = new Listener(link, this.#tables, options.moved)
    await this.#listener.start()
  }

  async close(): Promise<void> {
    await this.#listener?.close()
    const forget = `DELETE FROM ${this.#tables.writers} WHERE id = '${this.#writer}'`
    const link = this.#link
    this.#link = undefined
    if (this.#batch > 0n)
      await link?.withClient((client) => client.query(forget)).catch(() => undefined)
    await link?.close()
  }

  async head(): Promise<Head> {
    const { rows } = await this.#link!.read(`SELECT seq, hash FROM ${this.#tables.head}`)
    return { seq: BigInt(rows[0]!['seq'] as string), hash: rows[0]!['hash'] as Buffer }
  }

  commit(batch: Batch): Promise<void> {
    return this.#transact(batch.sync, async (transaction, head) => {
      const planned = batch.plan(await transaction.held(batch.needs), head)
      await transaction.write(planned.ops)
      return planned.head
    })
  }

  spool(source: ReadableStream<Uint8Array>): Promise<Spool> {
    return spoolTo(join(tmpdir(), `llmspell-restore-${randomUUID()}`), source)
  }

  replace(fill: (old: ServerRows, rows: RowWrites, head: Head) => Promise<Head>): Promise<void> {
    return this.#transact(true, async (transaction, head) => {
      await transaction.clear()
      return fill(this.rows, { write: (ops) => transaction.write(ops) }, head)
    })
  }

  async #write(ops: readonly RowOp[]): Promise<void> {
    await this.#transact(true, async (transaction, head) => {
      await transaction.write(ops)
      return head
    })
  }

  /** Again until it is known to be written, or refused. */
  async #transact(sync: boolean, work: Work): Promise<void> {
    const link = this.#link!
    if (this.#readOnly) throw readOnly(link.shown)
    const batch = ++this.#batch
    const doubt = { open: false }
    try {
      await link.patience.through(() =>
        link.withClient((client) => this.#once(client, { batch, sync, work, doubt })),
      )
    } catch (error) {
      if (doubt.open) throw uncertain(link.shown)
      throw error
    }
  }

  async #once(
    client: PoolClient,
    { batch, sync, work, doubt }: { batch: bigint; sync: boolean; work: Work; doubt: Doubt },
  ): Promise<void> {
    const transaction = new Transaction(client, this.#tables, this.#writer)
    try {
      const begun = await transaction.begin(sync, this.#options.config.timeout_ms)
      // Who lost the answer has the lock, so nothing of an earlier try is on its way any more.
      if (begun.batch >= batch) return await transaction.rollback()
      doubt.open = false
      const head = await work(transaction, begun.head)
      doubt.open = true
      await transaction.commit(head, batch)
      doubt.open = false
    } catch (error) {
      if (isLost(error)) throw error
      doubt.open = false
      await transaction.rollback()
      if (isRaced(error)) return this.#once(client, { batch, sync, work, doubt })
      throw error
    }
  }

  async #prepare(client: PoolClient): Promise<void> {
    const { schema } = this.#options.config
    if (!this.#readOnly) await makeTables(client, schema)
    else if (!(await areThere(client, schema))) throw nothingThere(schema)
    const found = await client.query<{ fsync: string; standby: string }>(
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_standby_names') AS standby`,
    )
    const { fsync, standby } = found.rows[0]!
    const kept: Durability[] = standby === '' ? ['sync'] : ['sync', 'replicated']
    this.#durability = fsync === 'off' ? ['none', 'os'] : ['none', 'os', ...kept]
    if (fsync === 'off') this.warn("The database has 'fsync' off: a loss of power may damage it.")
    const old = `DELETE FROM ${this.#tables.writers} WHERE seen < now() - interval '1 day'`
    if (!this.#readOnly) await client.query(old)
  }
}

interface Doubt {
  open: boolean
}

function nothingThere(schema: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The schema '${schema}' has no store: expected one to read, found none.`,
    { hint: "Correct 'plugins.store-postgres.schema', or open it for writing once." },
  )
}
