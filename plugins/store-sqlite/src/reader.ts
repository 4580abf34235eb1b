import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Row, RowRange } from '@llmspell/sdk/store'
import { bufferOf, closeQuietly } from './database.ts'

type Cells = readonly [key: Uint8Array, value: Uint8Array]

const RANGE = 'SELECT key, value FROM rows WHERE key >= ? AND key < ? ORDER BY key'

/** One connection that reads. */
export class Reader {
  readonly #connection: DatabaseSync
  readonly #get: StatementSync
  readonly #last: StatementSync
  readonly #version: StatementSync

  constructor(connection: DatabaseSync) {
    this.#connection = connection
    this.#get = prepared(connection, 'SELECT value FROM rows WHERE key = ?')
    this.#last = prepared(connection, `${RANGE} DESC LIMIT 1`)
    this.#version = prepared(connection, 'PRAGMA data_version')
  }

  get(key: Uint8Array): Buffer | undefined {
    const cells = this.#get.get(key) as unknown as readonly [Uint8Array] | undefined
    return cells && bufferOf(cells[0])
  }

  last({ gte, lt }: RowRange): Row | undefined {
    const cells = this.#last.get(gte, lt) as unknown as Cells | undefined
    return cells && rowOf(cells)
  }

  version(): number {
    return (this.#version.get() as unknown as readonly [number])[0]
  }

  /** One consistent view, from the first row to the last. */
  *rows({ gte, lt, reverse = false }: RowRange): Generator<Row> {
    const select = prepared(this.#connection, reverse ? `${RANGE} DESC` : RANGE)
    for (const cells of select.iterate(gte, lt)) yield rowOf(cells as unknown as Cells)
  }

  /** From here on it reads what is there at this moment. */
  hold(): void {
    this.#connection.exec('BEGIN')
    this.version()
    this.#get.get(Buffer.alloc(1))
  }

  bytes(): number {
    const pages = prepared(this.#connection, 'PRAGMA page_count').get()
    const size = prepared(this.#connection, 'PRAGMA page_size').get()
    return [pages, size].reduce((all, cells) => all * (cells as unknown as [number])[0], 1)
  }

  close(): void {
    closeQuietly(this.#connection)
  }
}

function prepared(connection: DatabaseSync, sql: string): StatementSync {
  const statement = connection.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}

const rowOf = ([key, value]: Cells): Row => [bufferOf(key), bufferOf(value)]
