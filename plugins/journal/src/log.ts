import type { Json, JournalRecord, RunRow, StateOp } from '@llmspell/sdk'
import type { Committer, Source } from './committer.ts'
import { encodeRecord } from './encode.ts'
import { blobOp, indexKeys, put, recordKey, refOps, remove, runScope } from './store.ts'
import type { StoredRun } from './store.ts'
import type { Packed } from './values.ts'

type Body<R> = R extends JournalRecord ? Omit<R, 'v' | 'n' | 'at' | 'prev'> : never
/** A record without what its place in the journal gives it. */
export type RecordBody = Body<JournalRecord>

export interface Appended {
  readonly record: JournalRecord
  readonly bytes: number
  readonly hash: string
}

export interface AppendOptions {
  /** The code goes on only when the record is on disk. */
  readonly synced: boolean
  readonly packed?: readonly (Packed | undefined)[]
  readonly ops?: readonly StateOp[]
  /** When it happened, where that is not now. */
  readonly at?: number
  readonly onDurable?: (error?: unknown) => void
}

export type RowChange = Partial<Omit<StoredRun, 'row'>> & { readonly row?: Partial<RunRow> }

/** What is behind the journal of one run: the next number, the last hash, the row. */
export class RunLog implements Source {
  #stored: StoredRun
  #indexed: readonly string[]
  /** Keys of the indexes that a failed batch may have left. */
  #stale: readonly string[] = []
  /** What of the journal is in the store. */
  #written: { readonly records: number; readonly bytes: number }
  readonly #committer: Committer
  readonly #now: () => number
  readonly #onChange: (row: RunRow) => void
  prev: string
  at: number
  /** Something of it is not in the store, so nothing can be appended. */
  lost = false

  constructor(
    stored: StoredRun,
    options: {
      committer: Committer
      now: () => number
      prev?: string
      at?: number
      /** Not in the store yet. */
      fresh?: boolean
      onChange: (row: RunRow) => void
    },
  ) {
    this.#stored = stored
    this.#committer = options.committer
    this.#now = options.now
    this.#onChange = options.onChange
    this.#indexed = options.fresh ? [] : indexKeys(stored.row)
    this.#written = { records: stored.row.records, bytes: stored.row.bytes }
    this.prev = options.prev ?? ''
    this.at = options.at ?? stored.row.createdAt
  }

  get stored(): StoredRun {
    return this.#stored
  }

  get row(): RunRow {
    return this.#stored.row
  }

  /** Number of the next record. */
  get next(): number {
    return this.row.records
  }

  append(body: RecordBody, options: AppendOptions): Appended {
    this.at = options.at ?? Math.max(this.at, this.#now())
    const record = { ...body, v: 1, n: this.next, at: this.at, prev: this.prev } as JournalRecord
    const { bytes, hash } = encodeRecord(record)
    this.prev = hash
    const { row, generation } = this.#stored
    this.#stored = {
      ...this.#stored,
      row: {
        ...row,
        records: row.records + 1,
        bytes: row.bytes + bytes.byteLength,
        updatedAt: this.at,
      },
    }
    const key = recordKey(generation, record.n)
    const ops: StateOp[] = [{ op: 'put', scope: runScope(row.runId), key, value: bytes }]
    for (const packed of options.packed ?? []) ops.push(...this.#blob(packed))
    const written = { records: this.row.records, bytes: this.row.bytes }
    const onDurable = (error?: unknown): void => {
      if (error === undefined) this.#written = written
      options.onDurable?.(error)
    }
    this.#add([...ops, ...(options.ops ?? [])], { ...options, onDurable })
    return { record, bytes: bytes.byteLength, hash }
  }

  /** Changes what is stored of records that are written already. */
  rewrite(ops: readonly StateOp[], bytes: number): void {
    const { row } = this.#stored
    this.#stored = { ...this.#stored, row: { ...row, bytes: row.bytes + bytes } }
    this.#add(ops, { synced: false })
  }

  /** The row as the next batch will have it. */
  patch({ row: change, ...rest }: RowChange): void {
    const before = this.row
    const row = { ...before, ...change, updatedAt: Math.max(before.updatedAt, this.#now()) }
    this.#stored = { ...this.#stored, ...rest, row }
    if (row.status !== before.status || row.waiting !== before.waiting) this.#onChange(row)
  }

  /** The row in a batch of its own, or in the next one. */
  change(change: RowChange, synced = false): Promise<void> {
    this.patch(change)
    return new Promise((resolve, reject) => {
      const onDurable = (error?: unknown): void => (error === undefined ? resolve() : reject(error))
      this.#add([], { synced, onDurable })
      if (!synced) resolve()
    })
  }

  ops(): readonly StateOp[] {
    const { runId } = this.row
    const keys = indexKeys(this.row)
    const before = [...this.#indexed, ...this.#stale]
    const old = before.filter((key) => !keys.includes(key)).map(remove)
    const fresh = keys.filter((key) => !this.#indexed.includes(key)).map((key) => put(key, runId))
    this.#indexed = keys
    return [put(`run/${runId}`, plain(this.#stored)), ...old, ...fresh]
  }

  /** The row counts what is there; its places in the indexes are written anew. */
  failed(): void {
    const { row } = this.#stored
    this.lost ||= row.records > this.#written.records
    this.#stored = { ...this.#stored, row: { ...row, ...this.#written } }
    this.#stale = [...this.#stale, ...this.#indexed, ...indexKeys(row)]
    this.#indexed = []
  }

  #blob(packed: Packed | undefined): StateOp[] {
    if (!packed?.blob) return []
    const { hash, bytes } = packed.blob
    return [blobOp(hash, bytes), ...refOps(hash, this.row.runId)]
  }

  #add(ops: readonly StateOp[], { synced, onDurable }: AppendOptions): void {
    const { durability } = this.#stored
    const urgent = synced && durability !== 'none'
    const needed = synced ? durability : 'os'
    const options = {
      durability: durability === 'none' ? 'none' : needed,
      urgent,
      source: this,
    } as const
    this.#committer.add(ops, options, onDurable)
  }
}

/** Without what is undefined: a store takes JSON. */
function plain(stored: StoredRun): Json {
  return JSON.parse(JSON.stringify(stored)) as Json
}
