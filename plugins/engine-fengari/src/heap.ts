import { getHeapStatistics } from 'node:v8'
import type { Where } from '@llmspell/sdk'
import { SpellError, now } from '@llmspell/sdk'

/** Passages of the hook between two looks. */
const RARELY = 32
/** How far a script may be over its limit for a moment: what is over may be garbage. */
const MOMENT = { factor: 1.4, ms: 250 }

/** Bytes of the thread, those of strings included. */
export function threadBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

/**
 * Watches what a script adds to the memory of its thread. A courtesy that gives the error a place: one call of a library can
 * take any amount before the next look, so the limit itself is kept by the thread's host.
 */
export class Heap {
  readonly #base = threadBytes()
  readonly #limit: number
  #passages = 0
  #since: number | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** True where the script has used up its memory. */
  isFull(): boolean {
    if (++this.#passages % RARELY !== 0) return false
    const used = threadBytes() - this.#base
    if (used <= this.#limit) {
      this.#since = undefined
      return false
    }
    this.#since ??= now()
    return used > this.#limit * MOMENT.factor || now() - this.#since > MOMENT.ms
  }

  exhausted(where?: Where): SpellError {
    const megabytes = Math.round(this.#limit / 104_857.6) / 10
    return new SpellError('MEMORY_LIMIT', `The script used up its memory of ${megabytes} MB.`, {
      hint: 'Keep less in memory at a time, or allow more.',
      details: { memoryBytes: this.#limit },
      where,
    })
  }
}
