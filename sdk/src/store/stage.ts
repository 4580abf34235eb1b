import { encodeChange, hashOf, KEPT_CHANGES, touchedBy } from './change-log.ts'
import type { Touched } from './change-log.ts'
import { expiryIn, isWhole, revBytes, revOf, seal } from './envelope.ts'
import { changeRow, dueRow, onceRow } from './keys.ts'
import type { Head, RowOp } from './rows.ts'

/** How long a commit is known by the text it was made once under. */
const ONCE_MS = 30 * 24 * 3600 * 1000
const MOST_LOOKED_AT = 1000n

export interface Write {
  readonly row: Buffer
  /** None: delete. */
  readonly envelope?: Buffer
}

/** Rows at hand, as they are while the batch is made. */
export interface Held {
  get(row: Uint8Array): Buffer | undefined
}

/** What one batch will do: several commits, one after the other, each seeing those before it. */
export class Stage {
  readonly ops: RowOp[] = []
  head: Head
  bytes = 0
  readonly #rows: Held
  readonly #now: number
  /** What was written and is not in the map yet: most batches are never read. */
  #fresh: Write[] = []
  readonly #staged = new Map<string, Buffer | undefined>()
  readonly #changes = new Map<bigint, Buffer>()

  constructor(rows: Held, head: Head, now: number) {
    this.#rows = rows
    this.head = head
    this.#now = now
  }

  /** The live revision of a row. */
  rev(row: Buffer): bigint | undefined {
    const envelope = this.#read(row)
    if (envelope === undefined || !isWhole(row, envelope)) return undefined
    const expiry = expiryIn(envelope)
    return expiry !== undefined && expiry <= this.#now ? undefined : revOf(envelope)
  }

  /** When a row expires, whether or not it has. */
  expiry(row: Buffer): number | undefined {
    const envelope = this.#read(row)
    return envelope && isWhole(row, envelope) ? expiryIn(envelope) : undefined
  }

  /** The commit that was made under this text. */
  once(text: string): bigint | undefined {
    return this.rev(onceRow(text))
  }

  /** Whether anything is at a row. */
  has(row: Buffer): boolean {
    return this.#read(row) !== undefined
  }

  /** True for a damaged value too, as long as it has not expired. */
  holds(row: Buffer): boolean {
    const envelope = this.#read(row)
    return envelope !== undefined && (!isWhole(row, envelope) || this.rev(row) !== undefined)
  }

  /** False where it is not known what was touched behind a change. */
  untouched(since: bigint, touches: (row: Buffer) => boolean): boolean {
    if (since > this.head.seq || this.head.seq - since > MOST_LOOKED_AT) return false
    for (let seq = since + 1n; seq <= this.head.seq; seq++) {
      const change = this.#changes.get(seq) ?? this.#rows.get(changeRow(seq))
      if (!change) return false
      for (const { row } of touchedBy(change)) if (touches(row)) return false
    }
    return true
  }

  /** @param marks rows that are no change to anybody */
  commit(writes: readonly Write[], marks: readonly Write[] = []): bigint {
    const seq = this.head.seq + 1n
    const rev = revBytes(seq)
    for (const write of writes) this.#write(write, rev)
    for (const mark of marks) this.#write(mark, rev)
    this.#log(seq, writes)
    return seq
  }

  /** Removes rows that are no change to anybody. */
  drop(marks: readonly { readonly row: Buffer }[]): void {
    const rev = revBytes(this.head.seq)
    for (const { row } of marks) this.#write({ row }, rev)
  }

  /** A row that is about the store itself, where there is none. */
  note(op: Extract<RowOp, { type: 'put' }>): void {
    if (!this.#rows.get(op.key)) this.#push(op)
  }

  #read(row: Buffer): Buffer | undefined {
    for (const write of this.#fresh) this.#staged.set(write.row.toString('latin1'), write.envelope)
    if (this.#fresh.length > 0) this.#fresh = []
    const name = row.toString('latin1')
    return this.#staged.has(name) ? this.#staged.get(name) : this.#rows.get(row)
  }

  #write(write: Write, rev: Uint8Array): void {
    this.#fresh.push(write)
    const { row, envelope } = write
    if (!envelope) return this.#push({ type: 'del', key: row })
    seal(row, envelope, rev)
    this.#push({ type: 'put', key: row, value: envelope })
    const expiry = expiryIn(envelope)
    if (expiry !== undefined)
      this.#push({ type: 'put', key: dueRow(expiry, row), value: Buffer.alloc(0) })
  }

  #log(seq: bigint, writes: readonly Write[]): void {
    const touched = writes.map(({ row, envelope }): Touched => ({ row, put: !!envelope }))
    const change = encodeChange(this.head.hash, touched)
    this.#push({ type: 'put', key: changeRow(seq), value: change })
    this.#changes.set(seq, change)
    if (seq > KEPT_CHANGES) this.#push({ type: 'del', key: changeRow(seq - KEPT_CHANGES) })
    this.head = { seq, hash: hashOf(change) }
  }

  #push(op: RowOp): void {
    this.ops.push(op)
    this.bytes += op.key.length + (op.type === 'put' ? op.value.length : 0)
  }

  /** When what is committed under a text now is forgotten. */
  get forgets(): number {
    return this.#now + ONCE_MS
  }
}
