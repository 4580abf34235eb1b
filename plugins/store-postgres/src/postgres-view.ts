import type { PoolClient } from 'pg'
import type { Row, RowRange, RowView } from '@llmspell/sdk/store'
import { isLost, snapshotEnded, told } from './errors.ts'
import type { Link } from './link.ts'
import type { Tables } from './tables.ts'

/** A value that is longer is fetched by itself, so a page of rows never fills the memory. */
const LONG = 65_536
const FIRST = 16
const AT_ONCE = 128

export const hexOf = (bytes: Uint8Array): string => `'\\x${Buffer.from(bytes).toString('hex')}'`

/** Statement of the rows of a range; the value of a long one is left out. */
export function selectOf({ rows }: Tables, { gte, lt, reverse = false }: RowRange): string {
  const value = `CASE WHEN octet_length(value) <= ${LONG} THEN value END AS value`
  const where = `key >= ${hexOf(gte)} AND key < ${hexOf(lt)}`
  return `SELECT key, ${value} FROM ${rows} WHERE ${where} ORDER BY key${reverse ? ' DESC' : ''}`
}

export interface Found {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** One moment of the rows: a transaction on a connection of its own. */
export class PostgresView implements RowView {
  readonly #client: PoolClient
  readonly #link: Link
  readonly #tables: Tables
  #cursors = 0
  #lost: Error | undefined
  #closed = false

  private constructor(link: Link, tables: Tables, client: PoolClient) {
    this.#link = link
    this.#tables = tables
    this.#client = client
    client.on('error', this.#note)
  }

  static async begin(link: Link, tables: Tables): Promise<PostgresView> {
    return link.patience.through(async () => {
      const view = new PostgresView(link, tables, await link.takeView())
      // The moment is that of the first statement that reads.
      const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
      await view.#begun(`${begin}; SELECT seq FROM ${tables.head}`)
      return view
    })
  }

  async getAll(keys: readonly Uint8Array[]): Promise<readonly Found[]> {
    const text = `SELECT key, value FROM ${this.#tables.rows} WHERE key = ANY($1::bytea[])`
    return this.#query(text, [keys.map((key) => Buffer.from(key))])
  }

  async *range(range: RowRange): AsyncGenerator<Row> {
    const name = `c${++this.#cursors}`
    await this.#query(`DECLARE ${name} NO SCROLL CURSOR FOR ${selectOf(this.#tables, range)}`)
    try {
      for (let count = FIRST; ; count = AT_ONCE) {
        const found = await this.#query(`FETCH ${count} FROM ${name}`)
        for (const { key, value } of found) yield [key, value ?? (await this.#long(key))]
        if (found.length < count) return
      }
    } finally {
      if (!this.#lost && !this.#closed) await this.#query(`CLOSE ${name}`)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (!this.#lost) await this.#client.query('COMMIT').catch(this.#note)
    this.#client.off('error', this.#note)
    this.#client.release(this.#lost)
  }

  async #begun(text: string): Promise<void> {
    try {
      await this.#client.query(text)
    } catch (error) {
      this.#note(error as Error)
      await this.close()
      throw isLost(error) ? error : told(error, this.#link.shown)
    }
  }

  async #long(key: Buffer): Promise<Buffer> {
    const [found] = await this.getAll([key])
    return found!.value!
  }

  async #query(text: string, values?: unknown[]): Promise<readonly Found[]> {
    if (this.#lost || this.#closed) throw snapshotEnded()
    try {
      return (await this.#client.query<Found>(text, values)).rows
    } catch (error) {
      // A statement that failed has ended the transaction too.
      this.#note(error as Error)
      throw isLost(error) ? snapshotEnded() : told(error, this.#link.shown)
    }
  }

  readonly #note = (error: Error): void => void (this.#lost ??= error)
}
