import type { Row, RowOp, RowRange, Rows, RowView } from '@llmspell/sdk/store'
import { between, get, SortedRows } from './sorted-rows.ts'

type Leaves = ReturnType<SortedRows['freeze']>

class MemoryView implements RowView {
  readonly leaves: Leaves

  constructor(leaves: Leaves) {
    this.leaves = leaves
  }

  async close(): Promise<void> {}
}

/** Rows in memory. Keys are held as texts of one byte a character, which compare like the bytes. */
export class MemoryRows implements Rows {
  readonly #sorted = new SortedRows()

  get(key: Uint8Array, view?: RowView): Buffer | undefined {
    return get(this.#leaves(view), nameOf(key))
  }

  async *range({ gte, lt, reverse = false, view }: RowRange): AsyncGenerator<Row> {
    const leaves = view ? this.#leaves(view) : this.#sorted.freeze()
    for (const [name, value] of between(leaves, { gte: nameOf(gte), lt: nameOf(lt), reverse }))
      yield [Buffer.from(name, 'latin1'), value]
  }

  async write(ops: readonly RowOp[]): Promise<void> {
    for (const op of ops) {
      if (op.type === 'del') this.#sorted.delete(nameOf(op.key))
      else this.#sorted.set(nameOf(op.key), ownBytes(op.value))
    }
  }

  view(): RowView {
    return new MemoryView(this.#sorted.freeze())
  }

  async bytes(): Promise<number> {
    return this.#sorted.bytes
  }

  #leaves(view?: RowView): Leaves {
    return view instanceof MemoryView ? view.leaves : this.#sorted.leaves
  }
}

/** A small buffer is a part of Node's pool, of which one that is kept keeps 8 KiB or more. */
function ownBytes(bytes: Uint8Array): Buffer {
  if (bytes.byteLength === bytes.buffer.byteLength) return bufferOf(bytes)
  const own = Buffer.allocUnsafeSlow(bytes.byteLength)
  own.set(bytes)
  return own
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const nameOf = (key: Uint8Array): string => bufferOf(key).toString('latin1')
