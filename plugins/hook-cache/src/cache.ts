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
/** Calls that are known again. */
const MOST_ASKED = 10_000

/** Answers by key, in memory and, where it is wanted, in the store. */
export class Cache {
  readonly #shelf: Shelf
  readonly #flights = new Flights()
  readonly #maxWaitMs: number
  readonly #store: Store | undefined
  readonly #local = new Set<string>()
  readonly #asked = new Set<string>()
  readonly #counts: Record<'models' | 'tools', { -readonly [K in keyof CacheCounts]: number }> = {
    models: { hits: 0, misses: 0, joined: 0 },
    tools: { hits: 0, misses: 0, joined: 0 },
  }

  constructor(parts: CacheParts) {
    this.#shelf = new Shelf(parts)
    this.#maxWaitMs = parts.maxWaitMs
    this.#store = parts.store
  }

  /** The answer where there is one. Without, the call is under way from here on, until `end`. */
  async ask(asked: Asked): Promise<Value | undefined> {
    const { call, key, what, local } = asked
    const isAgain = this.#isAgain(call, key)
    if (!isAgain && !local) await this.#fetch(key)
    const until = performance.now() + this.#maxWaitMs
    let came: Value | undefined
    for (let waits = 0; !isAgain; waits++) {
      const found = came ?? this.#shelf.get(key)
      if (found !== undefined) this.#counts[what][waits > 0 ? 'joined' : 'hits']++
      if (found !== undefined) return found
      const left = until - performance.now()
      if (waits === MOST_WAITS || left <= 0 || !this.#flights.isUnderWay(key)) break
      came = await this.#flights.wait(key, asked.signal, left)
    }
    // Nothing is awaited between the look and the start: of equal calls at once only one begins.
    this.#begin(asked)
    return undefined
  }

  /** What came of a call; a later one takes its place. Nothing: it is not to be kept. */
  note(call: string, answer: Value | undefined): void {
    this.#flights.note(call, answer)
  }

  /** The call itself has failed: those that wait for it go on. */
  failed(call: string): void {
    this.#flights.failed(call)
  }

  /** The call is over. What was noted last is kept where it went well. */
  end(call: string, ok: boolean): void {
    const { key, answer } = this.#flights.ended(call) ?? {}
    if (key === undefined) return
    const kept = ok && answer !== undefined && this.#shelf.put(key, answer)
    if (kept && !this.#local.has(key)) this.#store?.put(key, answer)
    this.#local.delete(key)
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

  #begin({ call, key, what, signal, local }: Asked): void {
    this.#counts[what].misses++
    this.#flights.start(call, key, signal)
    if (local) this.#local.add(key)
  }

  /** A hook has the same call made again: what it got before is not what it is to get. */
  #isAgain(call: string, key: string): boolean {
    if (!this.#asked.has(call)) {
      this.#asked.add(call)
      if (this.#asked.size > MOST_ASKED) this.#asked.delete(this.#asked.values().next().value!)
      return false
    }
    this.#shelf.delete(key)
    this.#store?.delete(key)
    return true
  }

  async #fetch(key: string): Promise<void> {
    if (!this.#store || this.#shelf.get(key) !== undefined) return
    const value = await this.#store.get(key)
    if (value !== undefined) this.#shelf.put(key, value)
  }
}
