import type { Worker } from 'node:worker_threads'

const EVERY_MS = 10
/** Above this part of the limit a thread ends at once; below it, what is over may be garbage for a moment. */
const AT_ONCE = 1.25
const MOMENT_MS = 250

/** Bytes of this thread: heap and what its buffers hold outside of it. */
export function threadBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/**
 * Reads the memory of a thread from outside, because `resourceLimits` knows nothing of what buffers hold: a string of an
 * engine in JavaScript is a buffer. While the thread waits in place a reading stays open, so an idle thread costs nothing.
 */
export class MemoryGuard {
  readonly #worker: Worker
  readonly #limit: number
  readonly #exceeded: () => void
  #since: number | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  /** @param base bytes of the thread before any script ran */
  constructor(worker: Worker, limit: { base: number; bytes: number }, exceeded: () => void) {
    this.#worker = worker
    this.#limit = limit.bytes
    this.#exceeded = exceeded
    this.#later(limit.base)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #later(base: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#read(base), EVERY_MS).unref()
  }

  async #read(base: number): Promise<void> {
    // A thread that has ended has no figures.
    const stats = await this.#worker.getHeapStatistics().catch(() => undefined)
    if (!stats || this.#stopped) return
    if (this.#isOver(stats.used_heap_size + stats.external_memory - base)) this.#exceeded()
    else this.#later(base)
  }

  #isOver(bytes: number): boolean {
    if (bytes <= this.#limit) {
      this.#since = undefined
      return false
    }
    this.#since ??= performance.now()
    return bytes > this.#limit * AT_ONCE || performance.now() - this.#since > MOMENT_MS
  }
}
