import { statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SpellError } from '@llmspell/sdk'
import type { Row, RowOp, RowRange, Rows, RowView } from '@llmspell/sdk/store'
import type { Database } from './database.ts'
import { told } from './errors.ts'
import { Reader } from './reader.ts'
import type { Writing } from './writing.ts'

const FEW = 64
const FEW_BYTES = 64 * 1024
const IDLE_READERS = 4
const STRETCH_MS = 4

/** Where another process recovers or closes the file, which takes some milliseconds. */
export const READING = { timeout: 2000 }

export interface SqliteRowsOptions {
  readonly folder: string
  readonly database: Database
  readonly reader: Reader
  readonly writing: Writing
}

class SqliteView implements RowView {
  readonly reader: Reader
  readonly #left: (reader: Reader) => void

  constructor(reader: Reader, left: (reader: Reader) => void) {
    this.reader = reader
    this.#left = left
  }

  async close(): Promise<void> {
    this.#left(this.reader)
  }
}

/** Rows of one table. What is read in parts is read through a connection of its own, which keeps its view. */
export class SqliteRows implements Rows {
  readonly #options: SqliteRowsOptions
  readonly #views = new Set<Reader>()
  readonly #idle: Reader[] = []

  constructor(options: SqliteRowsOptions) {
    this.#options = options
  }

  get(key: Uint8Array, view?: RowView): Buffer | undefined {
    return this.#telling(() => this.#reader(view).get(key))
  }

  async *range(range: RowRange): AsyncGenerator<Row> {
    try {
      if (range.view) return yield* paced(this.#reader(range.view).rows(range))
      const few = this.#few(range)
      if (few) return yield* few
      yield* this.#many(range)
    } catch (error) {
      throw told(this.#options.folder, error)
    }
  }

  /** All of a turn. */
  async write(ops: readonly RowOp[]): Promise<void> {
    const { writing } = this.#options
    try {
      writing.apply(ops)
      writing.commit()
    } finally {
      writing.rollback()
    }
  }

  view(): RowView {
    return this.#telling(() => {
      const reader = this.#connect()
      reader.hold()
      this.#views.add(reader)
      return new SqliteView(reader, (left) => this.#leave(left))
    })
  }

  async bytes(): Promise<number> {
    const { reader, database } = this.#options
    const log = statSync(`${database.file}-wal`, { throwIfNoEntry: false })?.size ?? 0
    return this.#telling(() => reader.bytes()) + log
  }

  close(): void {
    for (const reader of [...this.#views, ...this.#idle.splice(0)]) reader.close()
    this.#views.clear()
  }

  #reader(view: RowView | undefined): Reader {
    return view instanceof SqliteView ? view.reader : this.#options.reader
  }

  /** Where there are so few, they are read at once. */
  #few(range: RowRange): Row[] | undefined {
    const rows: Row[] = []
    let bytes = 0
    for (const row of this.#options.reader.rows(range)) {
      bytes += row[0].length + row[1].length
      if (rows.push(row) > FEW || bytes > FEW_BYTES) return undefined
    }
    return rows
  }

  async *#many(range: RowRange): AsyncGenerator<Row> {
    const reader = this.#idle.pop() ?? this.#connect()
    this.#views.add(reader)
    try {
      yield* paced(reader.rows(range))
    } finally {
      if (this.#views.delete(reader)) this.#rest(reader)
    }
  }

  #rest(reader: Reader): void {
    if (this.#idle.length < IDLE_READERS) this.#idle.push(reader)
    else reader.close()
  }

  #leave(reader: Reader): void {
    if (this.#views.delete(reader)) reader.close()
  }

  #connect(): Reader {
    return new Reader(this.#options.database.connect(READING))
  }

  #telling<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw error instanceof SpellError ? error : told(this.#options.folder, error)
    }
  }
}

/** Lets others have their turn now and then. */
async function* paced(rows: Iterable<Row>): AsyncGenerator<Row> {
  let since = performance.now()
  for (const row of rows) {
    yield row
    if (performance.now() - since < STRETCH_MS) continue
    await nextTurn()
    since = performance.now()
  }
}
