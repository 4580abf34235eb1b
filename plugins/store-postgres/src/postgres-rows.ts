import type { Row, RowOp, RowRange, RowView, ServerRows } from '@llmspell/sdk/store'
import type { Link } from './link.ts'
import { PostgresView, selectOf } from './postgres-view.ts'
import type { Found } from './postgres-view.ts'
import type { Tables } from './tables.ts'

const PAGE = 128

/** Reads of the rows of one store. */
export class PostgresRows implements ServerRows {
  readonly #link: Link
  readonly #tables: Tables
  readonly #write: (ops: readonly RowOp[], sync: boolean) => Promise<void>

  constructor(link: Link, tables: Tables, write: PostgresRows['write']) {
    this.#link = link
    this.#tables = tables
    this.#write = write
  }

  async get(key: Uint8Array, view?: RowView): Promise<Buffer | undefined> {
    const [value] = await this.getAll([key], view)
    return value
  }

  async getAll(
    keys: readonly Uint8Array[],
    view?: RowView,
  ): Promise<readonly (Buffer | undefined)[]> {
    const found = view ? await viewOf(view).getAll(keys) : await this.#now(keys)
    const values = new Map(found.map(({ key, value }) => [key.toString('latin1'), value!]))
    return keys.map((key) => values.get(Buffer.from(key).toString('latin1')))
  }

  /** A short range is one statement; a longer one begins anew, in a view. */
  async *range(range: RowRange): AsyncGenerator<Row> {
    if (range.view) return yield* viewOf(range.view).range(range)
    const page = await this.#page(range)
    if (page.length < PAGE && page.every(({ value }) => value)) {
      for (const { key, value } of page) yield [key, value!]
      return
    }
    const view = await this.view()
    try {
      yield* view.range(range)
    } finally {
      await view.close()
    }
  }

  async *pages(range: RowRange): AsyncGenerator<Row> {
    for (let rest = range; ;) {
      const page = await this.#page(rest)
      for (const { key, value } of page) {
        const whole = value ?? (await this.get(key))
        if (whole) yield [key, whole]
      }
      if (page.length < PAGE) return
      rest = beyond(rest, page.at(-1)!.key)
    }
  }

  write(ops: readonly RowOp[], sync: boolean): Promise<void> {
    return this.#write(ops, sync)
  }

  view(): Promise<PostgresView> {
    return PostgresView.begin(this.#link, this.#tables)
  }

  async bytes(): Promise<number> {
    const size = await this.#link.read('SELECT pg_total_relation_size($1::regclass) AS bytes', [
      this.#tables.rows,
    ])
    return Number(size.rows[0]!['bytes'])
  }

  async #page(range: RowRange): Promise<readonly Found[]> {
    const found = await this.#link.read(`${selectOf(this.#tables, range)} LIMIT ${PAGE}`)
    return found.rows as unknown as Found[]
  }

  async #now(keys: readonly Uint8Array[]): Promise<readonly Found[]> {
    const text = `SELECT key, value FROM ${this.#tables.rows} WHERE key = ANY($1::bytea[])`
    const found = await this.#link.read(text, [keys.map((key) => Buffer.from(key))])
    return found.rows as unknown as Found[]
  }
}

function viewOf(view: RowView): PostgresView {
  if (view instanceof PostgresView) return view
  throw new TypeError('a view of another store')
}

function beyond(range: RowRange, last: Buffer): RowRange {
  return range.reverse
    ? { ...range, lt: last }
    : { ...range, gte: Buffer.concat([last, Buffer.from([0])]) }
}
