import type { Value } from '@llmspell/sdk'
import { Flights } from './flights.ts'
import { Shelf } from './shelf.ts'
import type { ShelfLimits } from './shelf.ts'
import type { Store } from './store.ts'
import type { CacheCounts, CacheStats } from './types.ts'

/** One call, before it is made. */
export interface Asked {
  /** Names this one call. */
  readonly call: string
  readonly key: string
  readonly what: 'models' | 'tools'
  /** Ends with the run that asks. */
  readonly signal: AbortSignal
  /** Only for this process. */
  readonly local: boolean
}

export interface CacheParts extends ShelfLimits {
  readonly maxWaitMs: number
  readonly store: Store | undefined
}

/** How often a call waits for equal ones before it goes on itself. */
const MOST_WAITS = 3

/** Answers by key, in memory and, where it is wanted, in the store. */
export class Cache {
  readonly #shelf: Shelf
  readonly #flights: Flights
  readonly #store: Store | undefined
  readonly #local = new Set<string>()
  readonly #counts: Record<'models' | 'tools', { -readonly [K in keyof CacheCounts]: number }> = {
    models: { hits: 0, misses: 0, joined: 0 },
    tools: { hits: 0, misses: 0, joined: 0 },
  }

  constructor(parts: CacheParts) {
    this.#shelf = new Shelf(parts)
    this.#flights = new Flights(parts.maxWaitMs)
    this.#store = parts.store
  }

  /** The answer where there is one. Without, the call is under way from here on: `keep` or `end` must follow. */
  async ask(asked: Asked): Promise<Value | undefined> {
    const { call, key, what, signal, local } = asked
    let joined = false
    for (let waits = 0; ; waits++) {
      const found = this.#shelf.get(key) ?? (local ? undefined : await this.#stored(key))
      if (found !== undefined) {
        this.#counts[what][joined ? 'joined' : 'hits']++
        return found
      }
      if (waits === MOST_WAITS || !(await this.#flights.waited(key, signal))) break
      joined = true
    }
    this.#counts[what].misses++
    this.#flights.start(call, key, signal)
    if (local) this.#local.add(key)
    return undefined
  }

  /** Whether somebody wants the answer of this call. */
  wants(call: string): boolean {
    return this.#flights.keyOf(call) !== undefined
  }

  keep(call: string, value: Value): void {
    const key = this.#flights.keyOf(call)
    if (key === undefined) return
    const kept = this.#shelf.put(key, value)
    if (kept && !this.#local.has(key)) this.#store?.put(key, value)
    this.end(call)
  }

  /** There is nothing to be kept of this call. */
  end(call: string): void {
    const key = this.#flights.keyOf(call)
    if (key !== undefined) this.#local.delete(key)
    this.#flights.end(call)
  }

  async clear(): Promise<void> {
    this.#shelf.clear()
    await this.#store?.clear()
  }

  stats(): CacheStats {
    const { size: entries, bytes, dropped } = this.#shelf
    const { models, tools } = this.#counts
    return { entries, bytes, dropped, models: { ...models }, tools: { ...tools } }
  }

  async #stored(key: string): Promise<Value | undefined> {
    const value = await this.#store?.get(key)
    if (value !== undefined) this.#shelf.put(key, value)
    return value
  }
}
