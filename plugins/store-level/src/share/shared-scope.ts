import type {
  Entry,
  IterateOptions,
  Json,
  Scope,
  StateOp,
  StateScope,
  StateSnapshot,
} from '@llmspell/sdk'
import { scopePrefix } from '@llmspell/sdk/store'
import { Lost } from './errors.ts'
import type { Holder } from './holder.ts'
import type { SharedStore } from './shared-store.ts'

type Value = Json | Uint8Array

/** One scope of a store that another process may own. */
export class SharedScope implements StateScope {
  readonly #store: SharedStore
  readonly #scope: Scope

  constructor(store: SharedStore, scope: Scope) {
    scopePrefix(scope)
    this.#store = store
    this.#scope = { ...scope }
  }

  get #holder(): Holder {
    return this.#store.holder
  }

  async get<T extends Value>(
    key: string,
    options: { readonly at?: StateSnapshot } = {},
  ): Promise<Entry<T> | undefined> {
    const found = await this.#holder.use<Entry<Value> | undefined>({
      what: 'get',
      retried: true,
      at: options.at,
      own: (store, at) => store.scope(this.#scope).get(key, at ? { at } : {}),
      remote: (remote, at) => remote.get(this.#scope, key, at),
    })
    return found as Entry<T> | undefined
  }

  getMany(keys: readonly string[]): Promise<readonly (Entry<Value> | undefined)[]> {
    return this.#holder.use({
      what: 'getMany',
      retried: true,
      own: (store) => store.scope(this.#scope).getMany(keys),
      remote: (remote) => remote.getMany(this.#scope, keys),
    })
  }

  async put(
    key: string,
    value: Value,
    options: Parameters<StateScope['put']>[2] = {},
  ): Promise<{ readonly rev: bigint }> {
    const { ttlMs, rev, durability } = options
    const op: StateOp = { op: 'put', scope: this.#scope, key, value }
    const { seq } = await this.#store.commit([ttlMs === undefined ? op : { ...op, ttlMs }], {
      ...(rev !== undefined && { expect: [{ scope: this.#scope, key, rev }] }),
      ...(durability !== undefined && { durability }),
    })
    return { rev: seq }
  }

  async *iterate(options: IterateOptions = {}): AsyncGenerator<readonly [string, Entry<Value>]> {
    let { limit = Infinity, after } = options
    for (;;) {
      const seat = await this.#holder.seat()
      const at = options.at && this.#holder.inner(seat, options.at)
      const rest = { ...options, limit, ...(after !== undefined && { after }), ...(at && { at }) }
      try {
        const rows =
          'own' in seat
            ? seat.own.scope(this.#scope).iterate(rest)
            : seat.remote.iterate(this.#scope, rest)
        for await (const row of rows) {
          after = row[0]
          limit--
          yield row
        }
        return
      } catch (error) {
        if (!(error instanceof Lost)) throw error
        await this.#holder.lost(seat, error, { what: 'iterate', retried: true })
      }
    }
  }

  async delete(key: string, options: { readonly rev?: bigint } = {}): Promise<boolean> {
    this.#store.writes()
    return this.#holder.use({
      what: 'delete',
      retried: false,
      own: (store) => store.scope(this.#scope).delete(key, options),
      remote: (remote) => remote.delete(this.#scope, key, options.rev),
    })
  }

  async clear(options: { readonly prefix?: string } = {}): Promise<number> {
    this.#store.writes()
    return this.#holder.use({
      what: 'clear',
      retried: false,
      own: (store) => store.scope(this.#scope).clear(options),
      remote: (remote) => remote.clear(this.#scope, options.prefix),
    })
  }
}
