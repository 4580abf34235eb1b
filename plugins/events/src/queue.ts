import { SpellError } from '@llmspell/sdk'
import type { BusEvent, Overflow, Undo } from '@llmspell/sdk'
import { Ring } from './ring.ts'

/** Publishers that may wait for one listener. Whoever does not wait for their answer is stopped here. */
const MOST_WAITING = 250_000

/** Counts an event that waits, until the undo. */
export type Meter = (event: BusEvent) => Undo

interface Publisher {
  readonly event: BusEvent
  readonly placed: () => void
}

/** What waits for one listener: bounded, and what happens beyond that is its policy. */
export class EventQueue {
  readonly overflow: Overflow
  readonly limit: number
  dropped = 0
  readonly #events = new Ring<BusEvent>()
  readonly #publishers = new Ring<Publisher>()
  readonly #meter: Meter | undefined
  readonly #held = new Ring<Undo>()

  constructor(limit: number, overflow: Overflow, meter?: Meter) {
    this.limit = limit
    this.overflow = overflow
    this.#meter = meter
  }

  /** What waits, and with it what its publishers wait for. */
  get size(): number {
    return this.#events.size + this.#publishers.size
  }

  get #full(): boolean {
    return this.#events.size >= this.limit
  }

  /** True where an event would fail its publisher. */
  get refuses(): boolean {
    if (!this.#full) return false
    if (this.overflow === 'error') return true
    return this.overflow === 'block' && this.#publishers.size >= MOST_WAITING
  }

  /** A promise where the publisher has to wait for room. What came in too late to be refused is kept beyond the limit. */
  push(event: BusEvent, mayWait = true): Promise<void> | undefined {
    if (!this.#full || this.overflow === 'error') return this.#add(event)
    if (this.overflow === 'block') return this.#behind(event, mayWait)
    this.dropped++
    if (this.overflow === 'drop_newest') return undefined
    this.#take()
    return this.#add(event)
  }

  shift(): BusEvent | undefined {
    const event = this.#take()
    const next = this.#publishers.shift()
    if (next) {
      this.#events.push(next.event)
      next.placed()
    }
    return event
  }

  /** Takes one out of the middle. */
  remove(id: string): boolean {
    if (this.#publishers.size > 0 || this.#meter === undefined) return false
    const kept: BusEvent[] = []
    let found = false
    for (let event = this.#take(); event; event = this.#take()) {
      if (event.id === id) found = true
      else kept.push(event)
    }
    for (const event of kept) this.#add(event)
    return found
  }

  #behind(event: BusEvent, mayWait: boolean): Promise<void> | undefined {
    if (this.#meter) this.#held.push(this.#meter(event))
    if (mayWait) return new Promise((placed) => this.#publishers.push({ event, placed }))
    this.#publishers.push({ event, placed: () => {} })
    return undefined
  }

  #add(event: BusEvent): undefined {
    this.#events.push(event)
    if (this.#meter) this.#held.push(this.#meter(event))
  }

  #take(): BusEvent | undefined {
    if (this.#meter) this.#held.shift()?.()
    return this.#events.shift()
  }
}

export function overflowed(type: string, pattern: string): SpellError {
  const message = `Event '${type}' has no room in the queue of the subscription to '${pattern}'.`
  return new SpellError('EVENT_OVERFLOW', message, {
    hint: 'Read it faster, wait for each publish, or give it a larger buffer or another overflow.',
  })
}
