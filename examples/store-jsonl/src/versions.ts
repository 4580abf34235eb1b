import type { Row, RowOp, RowRange, RowView } from '@llmspell/sdk/store'

interface Version {
  readonly time: number
  /** Undefined: the key was deleted at this time. */
  readonly value: Buffer | undefined
}

/** A moment that somebody looks at. */
class Moment implements RowView {
  readonly rows: Versions
  readonly time: number

  constructor(rows: Versions, time: number) {
    this.rows = rows
    this.time = time
  }

  async close(): Promise<void> {
    this.rows.leave(this)
  }
}

/**
 * Rows in memory, each with the versions that somebody may still see: a view is a number, and costs nothing until rows
 * change under it. Keys are held as texts of one byte a character, which compare like the bytes.
 */
export class Versions {
  #keys: string[] = []
  readonly #versions = new Map<string, Version[]>()
  readonly #moments = new Set<Moment>()
  /** Keys with versions that only an open view can see. */
  readonly #old = new Set<string>()
  #time = 0
  #bytes = 0

  /** Of all keys and values as they are. */
  get bytes(): number {
    return this.#bytes
  }

  view(): Moment {
    const moment = new Moment(this, this.#time)
    this.#moments.add(moment)
    return moment
  }

  leave(moment: Moment): void {
    if (!this.#moments.delete(moment)) return
    for (const key of this.#old) this.#prune(key)
  }

  get(key: Uint8Array, view?: RowView): Buffer | undefined {
    if (view instanceof Moment) return view.rows.#at(nameOf(key), view.time)
    return this.#at(nameOf(key), this.#time)
  }

  /** One moment for the whole way, whatever is written meanwhile. */
  async *range(range: RowRange): AsyncGenerator<Row> {
    const own = range.view instanceof Moment ? undefined : this.view()
    const { rows, time } = own ?? (range.view as Moment)
    try {
      yield* rows.#between(nameOf(range.gte), nameOf(range.lt), range.reverse ?? false, time)
    } finally {
      await own?.close()
    }
  }

  apply(ops: readonly RowOp[]): void {
    this.#time++
    for (const op of ops)
      this.#put(nameOf(op.key), op.type === 'put' ? Buffer.from(op.value) : undefined)
  }

  #put(key: string, value: Buffer | undefined): void {
    const before = this.#at(key, this.#time)
    if (before) this.#bytes -= key.length + before.length
    if (value) this.#bytes += key.length + value.length
    const versions = this.#versions.get(key)
    if (versions) versions.push({ time: this.#time, value })
    else if (value) this.#begin(key, { time: this.#time, value })
    if (versions) this.#prune(key)
  }

  #begin(key: string, version: Version): void {
    this.#versions.set(key, [version])
    this.#keys.splice(this.#place(key), 0, key)
  }

  /** Drops what neither the present nor an open view sees. */
  #prune(key: string): void {
    const times = [...this.#moments].map(({ time }) => time)
    const all = this.#versions.get(key)!
    const seen = all.filter(({ time }, i) => {
      const next = all[i + 1]?.time ?? Infinity
      return next === Infinity || times.some((at) => time <= at && at < next)
    })
    const gone = seen.length === 1 && seen[0]!.value === undefined
    if (gone) this.#keys.splice(this.#place(key), 1)
    if (gone) this.#versions.delete(key)
    else this.#versions.set(key, seen)
    if (seen.length > 1) this.#old.add(key)
    else this.#old.delete(key)
  }

  #at(key: string, time: number): Buffer | undefined {
    return this.#versions.get(key)?.findLast((version) => version.time <= time)?.value
  }

  /** Looks for its place anew at each step: keys come and go between two of them. */
  *#between(gte: string, lt: string, reverse: boolean, time: number): Generator<Row> {
    let at = this.#place(reverse ? lt : gte) - (reverse ? 1 : 0)
    for (let key = this.#keys[at]; key !== undefined; key = this.#keys[at]) {
      if (reverse ? key < gte : key >= lt) return
      const value = this.#at(key, time)
      if (value) yield [Buffer.from(key, 'latin1'), value]
      const now = this.#place(key)
      if (reverse) at = now - 1
      else at = this.#keys[now] === key ? now + 1 : now
    }
  }

  /** Place of the first key at or behind this one. */
  #place(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }
}

const nameOf = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
