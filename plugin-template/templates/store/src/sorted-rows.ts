import type { Row, RowOp, RowRange, Rows, RowView } from '@llmspell/sdk/store'

type Pair = readonly [key: Buffer, value: Buffer]

class View implements RowView {
  readonly pairs: readonly Pair[]

  constructor(pairs: readonly Pair[]) {
    this.pairs = pairs
  }

  async close(): Promise<void> {}
}

/** Rows in the order of their keys' bytes. A write makes a new list, so that a view keeps the one of its time. */
export class SortedRows implements Rows {
  #pairs: readonly Pair[] = []

  get(key: Uint8Array, view?: RowView): Buffer | undefined {
    const pairs = this.#of(view)
    const pair = pairs[lowerBound(pairs, key)]
    return pair && Buffer.compare(pair[0], key) === 0 ? pair[1] : undefined
  }

  async *range({ gte, lt, reverse = false, view }: RowRange): AsyncGenerator<Row> {
    const pairs = this.#of(view)
    const rows = pairs.slice(lowerBound(pairs, gte), lowerBound(pairs, lt))
    for (const [key, value] of reverse ? rows.reverse() : rows) yield [key, value]
  }

  async write(ops: readonly RowOp[]): Promise<void> {
    const pairs = [...this.#pairs]
    for (const op of ops) {
      const at = lowerBound(pairs, op.key)
      const pair = pairs[at]
      const known = pair && Buffer.compare(pair[0], op.key) === 0 ? 1 : 0
      if (op.type === 'del') pairs.splice(at, known)
      else pairs.splice(at, known, [Buffer.from(op.key), Buffer.from(op.value)])
    }
    this.#pairs = pairs
  }

  view(): RowView {
    return new View(this.#pairs)
  }

  async bytes(): Promise<number> {
    return this.#pairs.reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  }

  #of(view: RowView | undefined): readonly Pair[] {
    return view instanceof View ? view.pairs : this.#pairs
  }
}

/** Place of the first row at or behind a key. */
function lowerBound(pairs: readonly Pair[], key: Uint8Array): number {
  let low = 0
  let high = pairs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (Buffer.compare(pairs[middle]![0], key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
