import type { Json, Logger, Scope, StateManager, StateScope, Value } from '@llmspell/sdk'

const SCOPE: Scope = { tenant: 'local', kind: 'plugin', id: 'hook-cache' }

/** Answers that outlive the process. A store that fails costs nothing but the answers in it. */
export class Store {
  readonly #manager: StateManager
  readonly #logger: Logger
  readonly #limits: { readonly entries: number; readonly ttlMs: number }
  #opening: Promise<StateScope | undefined> | undefined
  #puts = 0

  constructor(
    manager: StateManager,
    logger: Logger,
    limits: { readonly entries: number; readonly ttlMs: number },
  ) {
    this.#manager = manager
    this.#logger = logger
    this.#limits = limits
  }

  get(key: string): Promise<Value | undefined> {
    return this.#with(async (scope) => (await scope.get<Json>(key))?.value as Value | undefined)
  }

  put(key: string, value: Value): void {
    void this.#with(async (scope) => {
      await scope.put(key, value as Json, { ttlMs: this.#limits.ttlMs, durability: 'none' })
      if (++this.#puts % this.#limits.entries === 0) await this.#keepWithin(scope)
    })
  }

  delete(key: string): void {
    void this.#with((scope) => scope.delete(key))
  }

  async clear(): Promise<void> {
    await this.#with((scope) => scope.clear())
  }

  async #with<T>(work: (scope: StateScope) => Promise<T>): Promise<T | undefined> {
    this.#opening ??= this.#open()
    const scope = await this.#opening
    try {
      return scope && (await work(scope))
    } catch (error) {
      this.#logger.warn(`The store of cached answers failed: ${(error as Error).message}`)
      return undefined
    }
  }

  async #open(): Promise<StateScope | undefined> {
    try {
      const scope = (await this.#manager.backend()).scope(SCOPE)
      await this.#keepWithin(scope)
      return scope
    } catch (error) {
      this.#logger.warn(`Answers are cached in memory alone: ${(error as Error).message}`)
      return undefined
    }
  }

  /** Begins anew where more has gathered than may. */
  async #keepWithin(scope: StateScope): Promise<void> {
    let count = 0
    for await (const _ of scope.iterate({ limit: this.#limits.entries + 1 })) count++
    if (count > this.#limits.entries) await scope.clear()
  }
}
