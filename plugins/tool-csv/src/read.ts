import type { Files, ToolCall, ToolOutput, Value } from '@llmspell/sdk'
import { delimiterOf } from './delimiter.ts'
import { csvError } from './errors.ts'
import { Formulas } from './formula.ts'
import type { CsvInput } from './generated/input.ts'
import { recordsOf } from './records.ts'
import { Rows } from './rows.ts'
import type { Row } from './rows.ts'
import { piecesOf, withStart } from './source.ts'

/** Characters of the rows in one result: they stand in it more than once. */
const MAX_SIZE = 160 * 1024
/** Rows in one chunk of a stream. */
const BATCH = 100

/** Rows of CSV: all by a stream, as many as one result carries without. */
export async function read(input: CsvInput, files: Files, call: ToolCall): Promise<ToolOutput> {
  const { quote = '"', offset = 0, delimiter: asked = 'auto', limit = Infinity } = input
  const { start, all } = await withStart(piecesOf(input, files, call))
  const delimiter = asked === 'auto' ? delimiterOf(start, quote) : asked
  const formulas = new Formulas()
  const rows = new Rows(input, formulas)
  const sink = new Sink(call, offset)
  let truncated = false
  for await (const { row, size } of rows.of(recordsOf(all, { delimiter, quote }))) {
    truncated = sink.count >= limit || !sink.hasRoom(size)
    if (truncated) break
    await sink.take(row, size)
  }
  await sink.flush()
  const result = {
    rows: sink.kept,
    ...(rows.names === undefined ? {} : { columns: rows.names }),
    count: sink.count,
    truncated,
    ...(truncated ? { next_offset: offset + sink.count } : {}),
    delimiter,
    flagged: formulas.flagged(),
  }
  return { result: result as unknown as Value, operation: 'read' }
}

/** Where rows go: into the result while there is room, and by chunks to a reader. */
class Sink {
  readonly kept: Row[] = []
  readonly #call: ToolCall
  readonly #offset: number
  #batch: Row[] = []
  #size = 0
  count = 0

  constructor(call: ToolCall, offset: number) {
    this.#call = call
    this.#offset = offset
  }

  /** @throws CSV_LIMIT for a row that is more than one result carries */
  hasRoom(size: number): boolean {
    if (this.#call.streamed) return true
    if (size > MAX_SIZE) throw tooWide(this.#offset + this.count + 1, size)
    return this.#size + size <= MAX_SIZE
  }

  async take(row: Row, size: number): Promise<void> {
    this.#size += size
    this.count++
    if (!this.#call.streamed) return void this.kept.push(row)
    this.#batch.push(row)
    if (this.#batch.length >= BATCH || this.#size > MAX_SIZE) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#batch.length === 0) return
    const offset = this.#offset + this.count - this.#batch.length
    const data = { rows: this.#batch, offset } as unknown as Value
    this.#batch = []
    this.#size = 0
    await this.#call.emit({ type: 'data', data })
  }
}

function tooWide(row: number, size: number) {
  const message = `Row ${row} has ${size} characters: one result carries ${MAX_SIZE}.`
  const hint = 'Pass over it with offset, or read by a stream.'
  return csvError('CSV_LIMIT', message, { hint, details: { row, size, limit: MAX_SIZE } })
}
