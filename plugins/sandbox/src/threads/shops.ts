import type { Job, Workers } from '@llmspell/sdk'
import { cancelled, outOfMemory } from './errors.ts'
import { GONE, Shop } from './shop.ts'
import { memoryOf } from './thread.ts'

const IDLE_MS = 15_000

/**
 * The service: one process with threads for all jobs, kept for a while. Node ends a whole process where one
 * allocation is too large for a thread; then each job that was under way is done again in a process of its own,
 * and the one at fault is found.
 */
export class Shops implements Workers {
  readonly #main: URL
  readonly #idleMs: number
  readonly #all = new Set<Shop>()
  #shared: Shop | undefined
  #idle: NodeJS.Timeout | undefined
  #alone: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(main: URL, idleMs = IDLE_MS) {
    this.#main = main
    this.#idleMs = idleMs
  }

  /** How many processes there are. */
  get size(): number {
    return [...this.#all].filter((shop) => !shop.ended).length
  }

  async run<T>(job: Job): Promise<T> {
    this.#check(job)
    try {
      return (await this.#together(job)) as T
    } catch (error) {
      if (error !== GONE || this.#closed) throw error === GONE ? cancelled(job.subject) : error
      return (await this.#apart(job)) as T
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    await Promise.all([...this.#all].map((shop) => shop.end()))
  }

  #check({ subject, signal }: Job): void {
    if (this.#closed || signal?.aborted) throw cancelled(subject, signal)
  }

  async #together(job: Job): Promise<unknown> {
    clearTimeout(this.#idle)
    if (!this.#shared || this.#shared.ended) this.#shared = this.#start()
    const shop = this.#shared
    try {
      return await shop.run(job)
    } finally {
      if (shop.open === 0 && shop === this.#shared) this.#rest(shop)
    }
  }

  /** One at a time: what ended a process once may need as much again. */
  #apart(job: Job): Promise<unknown> {
    const done = this.#alone.then(() => this.#lonely(job))
    this.#alone = done.catch(() => undefined)
    return done
  }

  async #lonely(job: Job): Promise<unknown> {
    this.#check(job)
    const shop = this.#start()
    try {
      return await shop.run(job)
    } catch (error) {
      throw error === GONE ? outOfMemory(job.subject, memoryOf(job)) : error
    } finally {
      await this.#end(shop)
    }
  }

  #start(): Shop {
    const shop = new Shop(this.#main)
    for (const old of this.#all) if (old.ended) this.#all.delete(old)
    this.#all.add(shop)
    return shop
  }

  #rest(shop: Shop): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#end(shop), this.#idleMs).unref()
  }

  async #end(shop: Shop): Promise<void> {
    if (shop === this.#shared) this.#shared = undefined
    await shop.end()
    this.#all.delete(shop)
  }
}
