import type { Entry, IterateOptions, Json, Scope, StateScope, StateSnapshot } from '@llmspell/sdk'
import type { Stored } from './seal.ts'
import type { SealedStore } from './sealed-store.ts'

/** One scope of a sealed store. */
export class SealedScope implements StateScope {
  readonly #store: SealedStore
  readonly #inner: StateScope
  readonly #scope: Scope

  constructor(store: SealedStore, inner: StateScope, scope: Scope) {
    this.#store = store
    this.#inner = inner
    this.#scope = scope
  }

  async get<T extends Json | Uint8Array>(
    key: string,
    options?: { readonly at?: StateSnapshot },
  ): Promise<Entry<T> | undefined> {
    const entry: Stored | undefined = await this.#inner.get(key, options)
    return entry && (this.#store.opened({ scope: this.#scope, key, entry }).entry as Entry<T>)
  }

  async getMany(keys: readonly string[]): Promise<readonly (Stored | undefined)[]> {
    const entries = await this.#inner.getMany(keys)
    return entries.map(
      (entry, i) => entry && this.#store.opened({ scope: this.#scope, key: keys[i]!, entry }).entry,
    )
  }

  put(
    key: string,
    value: Json | Uint8Array,
    options?: Parameters<StateScope['put']>[2],
  ): Promise<{ readonly rev: bigint }> {
    return this.#store
      .sealing({ op: 'put', scope: this.#scope, key, value })
      .then((op) => this.#inner.put(key, op.value, options))
  }

  async *iterate(options?: IterateOptions): AsyncGenerator<readonly [string, Stored]> {
    for await (const [key, entry] of this.#inner.iterate(options))
      yield [key, this.#store.opened({ scope: this.#scope, key, entry }).entry]
  }

  delete(key: string, options?: { readonly rev?: bigint }): Promise<boolean> {
    return this.#inner.delete(key, options)
  }

  clear(options?: { readonly prefix?: string }): Promise<number> {
    return this.#inner.clear(options)
  }
}
