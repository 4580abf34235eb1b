import type { Json } from '../contracts/journal.ts'
import type {
  Entry,
  Expect,
  IterateOptions,
  Rev,
  Scope,
  StateBackend,
  StateScope,
  StateSnapshot,
} from '../contracts/state.ts'
import { invalid } from './errors.ts'
import { behind, dataRow, extended, placeOf, scopePrefix } from './keys.ts'
import type { RowRange } from './rows.ts'

const CLEAR_AT_ONCE = 1000

type Found = Entry<Json | Uint8Array> | undefined

/** What a scope needs of its store. */
export interface ScopeStore extends Pick<StateBackend, 'commit'> {
  read(row: Buffer, at?: StateSnapshot): Found | Promise<Found>
  /** At one moment. */
  readAll(rows: readonly Buffer[]): readonly Found[] | Promise<readonly Found[]>
  scan(
    range: RowRange,
    at?: StateSnapshot,
  ): AsyncIterable<readonly [Buffer, Entry<Json | Uint8Array>]>
  keys(range: RowRange): AsyncIterable<readonly [key: string]>
  remove(row: Buffer, expect: readonly Expect[]): Promise<boolean>
}

/** One scope of a store. */
export class ScopeView implements StateScope {
  readonly #store: ScopeStore
  readonly #scope: Scope
  readonly #prefix: Buffer

  constructor(store: ScopeStore, scope: Scope) {
    this.#store = store
    this.#scope = scope
    this.#prefix = scopePrefix(scope)
  }

  async get<T extends Json | Uint8Array>(
    key: string,
    options: { readonly at?: StateSnapshot } = {},
  ): Promise<Entry<T> | undefined> {
    const entry = await this.#store.read(dataRow(this.#prefix, key), options.at)
    return entry as Entry<T> | undefined
  }

  async getMany(
    keys: readonly string[],
  ): Promise<readonly (Entry<Json | Uint8Array> | undefined)[]> {
    return this.#store.readAll(keys.map((key) => dataRow(this.#prefix, key)))
  }

  async put(
    key: string,
    value: Json | Uint8Array,
    options: Parameters<StateScope['put']>[2] = {},
  ): Promise<{ readonly rev: bigint }> {
    const { ttlMs, rev, durability } = options
    const op = { op: 'put', scope: this.#scope, key, value } as const
    const { seq } = await this.#store.commit([ttlMs === undefined ? op : { ...op, ttlMs }], {
      ...(rev === undefined ? {} : { expect: [this.#expect(key, rev)] }),
      ...(durability === undefined ? {} : { durability }),
    })
    return { rev: seq }
  }

  async *iterate(
    options: IterateOptions = {},
  ): AsyncGenerator<readonly [string, Entry<Json | Uint8Array>]> {
    let left = limitOf(options.limit)
    if (left <= 0) return
    for await (const [row, entry] of this.#store.scan(this.#range(options), options.at)) {
      yield [placeOf(row)!.key, entry]
      if (--left <= 0) return
    }
  }

  async delete(key: string, options: { readonly rev?: bigint } = {}): Promise<boolean> {
    const expect = options.rev === undefined ? [] : [this.#expect(key, options.rev)]
    return this.#store.remove(dataRow(this.#prefix, key), expect)
  }

  async clear(options: { readonly prefix?: string } = {}): Promise<number> {
    let cleared = 0
    let keys: string[] = []
    const flush = async (): Promise<void> => {
      const ops = keys.map((key) => ({ op: 'delete', scope: this.#scope, key }) as const)
      keys = []
      if (ops.length > 0) await this.#store.commit(ops)
      cleared += ops.length
    }
    for await (const [key] of this.#store.keys(this.#range(options))) {
      keys.push(key)
      if (keys.length >= CLEAR_AT_ONCE) await flush()
    }
    await flush()
    return cleared
  }

  #expect(key: string, rev: Rev): { scope: Scope; key: string; rev: Rev } {
    return { scope: this.#scope, key, rev }
  }

  #range({ prefix = '', gte, lt, after, reverse = false }: IterateOptions): RowRange {
    const from = extended(this.#prefix, prefix)
    let low = from
    let high = behind(from)
    if (gte !== undefined) low = highest(low, extended(this.#prefix, gte))
    if (lt !== undefined) high = lowest(high, extended(this.#prefix, lt))
    if (after !== undefined) {
      const last = extended(this.#prefix, after)
      if (reverse) high = lowest(high, last)
      else low = highest(low, Buffer.concat([last, Buffer.from([0])]))
    }
    return { gte: low, lt: high, reverse }
  }
}

function limitOf(limit = Infinity): number {
  if (limit === Infinity || (Number.isSafeInteger(limit) && limit >= 0)) return limit
  throw invalid('limit', 'a whole number from 0', String(limit))
}

const highest = (a: Buffer, b: Buffer): Buffer => (a.compare(b) < 0 ? b : a)
const lowest = (a: Buffer, b: Buffer): Buffer => (a.compare(b) < 0 ? a : b)
