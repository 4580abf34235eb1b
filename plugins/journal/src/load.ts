import { isSpellError, SpellError } from '@llmspell/sdk'
import type { Entry, Json, JournalRecord, StateOp } from '@llmspell/sdk'
import { decodeRecord, hashBehind } from './encode.ts'
import { recordKey, runScope } from './store.ts'
import type { RunStore, StoredRun } from './store.ts'

/** A journal as it was found. */
export interface Loaded {
  readonly records: readonly JournalRecord[]
  readonly bytes: number
  /** Hash of the last record. */
  readonly prev: string
  /** Where it was damaged: behind record `n`. */
  readonly cut?: { readonly n: number; readonly reason: string; readonly ops: readonly StateOp[] }
}

type Row = readonly [key: string, entry: Entry<Json | Uint8Array>]

/** Reads and checks a journal. @throws JOURNAL_DAMAGED where good records lie behind a bad one */
export async function load(
  store: RunStore,
  { row, generation, seeds = 0 }: StoredRun,
): Promise<Loaded> {
  const scope = runScope(row.runId)
  const prefix = recordKey(generation, 0).slice(0, 7)
  const reader = new Reader(row.runId, generation)
  try {
    for await (const entry of store.backend.scope(scope).iterate({ prefix })) reader.take(entry)
  } catch (error) {
    throw isSpellError(error) && error.code === 'STATE_DAMAGED' ? reader.garbled(error) : error
  }
  return reader.loaded(row.records, generation === 0 ? seeds : 0)
}

class Reader {
  readonly #runId: string
  readonly #generation: number
  readonly #records: JournalRecord[] = []
  readonly #bad: string[] = []
  #reason = ''
  #bytes = 0
  #prev = ''

  constructor(runId: string, generation: number) {
    this.#runId = runId
    this.#generation = generation
  }

  take([key, { value }]: Row): void {
    const read = decodeRecord(value)
    const n = this.#records.length
    const pruned = read?.record.kind === 'pruned' ? read.record : undefined
    const fits = read && (pruned ? pruned.from === this.#next : read.record.n === this.#next)
    if (this.#bad.length > 0 && read) throw this.#damaged(n)
    if (!read || !fits || read.record.prev !== this.#prev)
      return this.#reject(key, read ? 'a gap' : 'bad bytes')
    this.#records.push(read.record)
    this.#bytes += read.bytes.byteLength
    this.#prev = hashBehind(read.record, read.hash)
  }

  /** The store cannot give what it holds here. */
  garbled(cause: SpellError): SpellError {
    this.#reason = cause.message
    return this.#damaged(this.#records.length)
  }

  get #next(): number {
    return (this.#records.at(-1)?.n ?? -1) + 1
  }

  #reject(key: string, reason: string): void {
    this.#bad.push(key)
    this.#reason ||= reason
  }

  loaded(expected: number, seeds: number): Loaded {
    const n = this.#next - 1
    if (n + 1 < seeds) throw this.#damaged(n)
    const base = { records: this.#records, bytes: this.#bytes, prev: this.#prev }
    if (n < 0) throw this.#damaged(0)
    if (this.#bad.length === 0 && n + 1 >= expected) return base
    const scope = runScope(this.#runId)
    const ops = this.#bad.map((key) => ({ op: 'delete', scope, key }) as const)
    return { ...base, cut: { n, reason: this.#reason || 'missing records', ops } }
  }

  #damaged(n: number): SpellError {
    const at = this.#records.length === 0 ? 0 : this.#next
    return new SpellError(
      'JOURNAL_DAMAGED',
      `The journal of run '${this.#runId}' is damaged at record ${at}: expected what was written, found ${this.#reason || 'nothing'}.`,
      {
        hint: 'Restore the store from a backup, or fork the run from a record before this one.',
        details: { runId: this.#runId, n: at, generation: this.#generation, read: n },
      },
    )
  }
}
