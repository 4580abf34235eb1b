import { SpellError } from '@llmspell/sdk'
import type { BusEvent, Overflow } from '@llmspell/sdk'
import { Ring } from './ring.ts'

/** Publishers that may wait for one listener. Whoever does not wait for their answer is stopped here. */
const MOST_WAITING = 250_000

interface Publisher {
  readonly event: BusEvent
  readonly placed: () => void
}

/** What waits for one listener: bounded, and what happens beyond that is its policy. */
export class EventQueue {
  readonly overflow: Overflow
  dropped = 0
  readonly #events: Ring<BusEvent>
  readonly #publishers = new Ring<Publisher>(MOST_WAITING)

  constructor(limit: number, overflow: Overflow) {
    this.#events = new Ring(limit)
    this.overflow = overflow
  }

  get size(): number {
    return this.#events.size
  }

  /** True where an event would fail its publisher. */
  get refuses(): boolean {
    if (!this.#events.full) return false
    return this.overflow === 'error' || (this.overflow === 'block' && this.#publishers.full)
  }

  /** A promise where the publisher has to wait for room. The caller has looked whether it `refuses`. */
  push(event: BusEvent): Promise<void> | undefined {
    if (!this.#events.full) {
      this.#events.push(event)
      return undefined
    }
    if (this.overflow === 'block')
      return new Promise((placed) => this.#publishers.push({ event, placed }))
    this.dropped++
    if (this.overflow === 'drop_newest') return undefined
    this.#events.shift()
    this.#events.push(event)
    return undefined
  }

  shift(): BusEvent | undefined {
    const event = this.#events.shift()
    const next = this.#publishers.shift()
    if (next) {
      this.#events.push(next.event)
      next.placed()
    }
    return event
  }
}

export function overflowed(type: string, pattern: string): SpellError {
  const message = `Event '${type}' has no room in the queue of the subscription to '${pattern}'.`
  return new SpellError('EVENT_OVERFLOW', message, {
    hint: 'Read it faster, wait for each publish, or give it a larger buffer or another overflow.',
  })
}
