import type { Row, RowOp, RowRange, RowView, ServerRows } from '@llmspell/sdk/store'
import type { Link } from './link.ts'
import { BYTES, PAGE, READ } from './scripts.ts'
import { merged } from './merge.ts'
import type { Found, Page } from './merge.ts'
import { RedisView } from './redis-view.ts'

/** A value that is longer is fetched by itself, so a page of rows never fills the memory. */
const LONG = 65_536
const FIRST = 16
const AT_ONCE = 128

/** Reads of the rows of one store. */
export class RedisRows implements ServerRows {
  readonly #link: Link
  readonly #write: (ops: readonly RowOp[]) => Promise<void>

  constructor(link: Link, write: (ops: readonly RowOp[]) => Promise<void>) {
    this.#link = link
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
    if (keys.length === 0) return []
    const values = (await this.#link.run(READ, nameOf(view), ...keys.map(bufferOf))) as Found[]
    return values.map((value) => (typeof value === 'number' ? undefined : value))
  }

  /** A short range is one step of the server; a longer one begins anew, in a view. */
  async *range(range: RowRange): AsyncGenerator<Row> {
    if (range.view) return yield* this.#whole(range, FIRST)
    const { rows, rest } = await this.#page(range, AT_ONCE)
    if (!rest && rows.every(([, value]) => value !== 1)) return yield* rows as Row[]
    const view = await this.view()
    try {
      yield* this.#whole({ ...range, view }, AT_ONCE)
    } finally {
      await view.close()
    }
  }

  pages(range: RowRange): AsyncIterable<Row> {
    return this.#whole(range, AT_ONCE)
  }

  write(ops: readonly RowOp[]): Promise<void> {
    return this.#write(ops)
  }

  view(): Promise<RedisView> {
    return RedisView.begin(this.#link)
  }

  async bytes(): Promise<number> {
    return Number(await this.#link.run(BYTES))
  }

  async *#whole(range: RowRange, first: number): AsyncGenerator<Row> {
    let count = first
    for (let left: RowRange | undefined = range; left; count = AT_ONCE) {
      const { rows, rest }: Page = await this.#page(left, count)
      for (const [key, value] of rows) {
        const whole = value === 1 ? await this.get(key, range.view) : value
        if (whole) yield [key, whole]
      }
      left = rest
    }
  }

  async #page(range: RowRange, count: number): Promise<Page> {
    const { gte, lt, reverse = false, view } = range
    const bounds = [bufferOf(gte), bufferOf(lt), reverse ? 1 : 0, count, LONG]
    const answer = await this.#link.run(PAGE, nameOf(view), ...bounds)
    return merged(answer as Parameters<typeof merged>[0], range, count)
  }
}

export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function nameOf(view: RowView | undefined): Buffer {
  if (view === undefined) return Buffer.alloc(0)
  if (view instanceof RedisView) return view.id
  throw new TypeError('a view of another store')
}
