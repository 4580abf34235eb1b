import type { BatchOperation } from 'classic-level'
import { SpellError } from '@llmspell/sdk'
import type { Row, RowOp, RowRange, Rows, RowView } from '@llmspell/sdk/store'
import { damagedRow, RANGES, textOf } from '@llmspell/sdk/store'
import { isCorrupt } from './level.ts'
import type { Level } from './level.ts'

const FIRST = 64
const AT_ONCE = 512

type Snapshot = ReturnType<Level['snapshot']>
type RowOps = BatchOperation<Level, Buffer, Buffer>[]

class LevelView implements RowView {
  readonly level: Level
  readonly snapshot: Snapshot

  constructor(level: Level) {
    this.level = level
    this.snapshot = level.snapshot()
  }

  close(): Promise<void> {
    return this.snapshot.close()
  }
}

/** Rows of a database, which may be opened anew below it. */
export class LevelRows implements Rows {
  #level: Level | undefined
  #lost: SpellError | undefined

  constructor(level: Level) {
    this.#level = level
  }

  /** From here on each use fails with this. */
  lose(error: SpellError): void {
    this.#level = undefined
    this.#lost = error
  }

  put(level: Level): void {
    this.#level = level
  }

  get level(): Level {
    if (!this.#level) throw this.#lost ?? new Error('no database')
    return this.#level
  }

  get lost(): boolean {
    return this.#level === undefined
  }

  get(key: Uint8Array, view?: RowView): Buffer | undefined {
    const { level } = this
    const row = bufferOf(key)
    try {
      return level.getSync(row, viewOf(level, view))
    } catch (error) {
      if (error instanceof SpellError) throw error
      throw unread(row, error)
    }
  }

  async *range(range: RowRange): AsyncGenerator<Row> {
    const { level } = this
    let last: Buffer | undefined
    try {
      for await (const row of rowsOf(level, range)) {
        last = row[0]
        yield row
      }
    } catch (error) {
      // Opened anew in the middle: without a view to keep to, it goes on behind the last row.
      if (error instanceof SpellError) throw error
      if (range.view || this.#level === level) throw unread(last ?? bufferOf(range.gte), error)
      yield* this.range(last ? beyond(range, last) : range)
    }
  }

  write(ops: readonly RowOp[], sync: boolean): Promise<void> {
    return this.level.batch(ops as RowOps, { sync })
  }

  view(): RowView {
    return new LevelView(this.level)
  }

  async bytes(): Promise<number> {
    const { gte, lt } = RANGES.all
    const tables = await this.level.approximateSize(gte, lt)
    return tables + Number(this.level.getProperty('leveldb.approximate-memory-usage') || 0)
  }
}

function unread(row: Buffer, error: unknown): SpellError {
  if (isCorrupt(error)) return damagedRow(row, `'${textOf(error)}'`)
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store could not be read: expected it open, found '${textOf(error)}'.`,
    { hint: 'Read it again while the kernel runs.', cause: error },
  )
}

function viewOf(level: Level, view: RowView | undefined): { snapshot?: Snapshot } {
  if (!(view instanceof LevelView)) return {}
  if (view.level === level) return { snapshot: view.snapshot }
  throw new SpellError(
    'STATE_UNAVAILABLE',
    "The snapshot has ended: expected an open 'snapshot', found a store that was opened anew.",
    { hint: 'Take another snapshot.' },
  )
}

async function* rowsOf(level: Level, range: RowRange): AsyncGenerator<Row> {
  const { gte, lt, reverse = false, view } = range
  const options = { gte: bufferOf(gte), lt: bufferOf(lt), reverse, ...viewOf(level, view) }
  await using iterator = level.iterator<Buffer, Buffer>(options)
  let rows = await iterator.nextv(FIRST)
  while (rows.length > 0) {
    yield* rows
    rows = await iterator.nextv(AT_ONCE)
  }
}

function beyond(range: RowRange, last: Buffer): RowRange {
  return range.reverse
    ? { ...range, lt: last }
    : { ...range, gte: Buffer.concat([last, Buffer.from([0])]) }
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
