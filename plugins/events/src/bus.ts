import { checkValue } from '@llmspell/sdk'
import type {
  Awaitable,
  BusEvent,
  DeadLetter,
  EventBus,
  EventStats,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  SubscriptionInfo,
  Value,
} from '@llmspell/sdk'
import { Listener } from './listener.ts'
import type { Handler } from './listener.ts'
import { checkType } from './pattern.ts'
import { overflowed } from './queue.ts'
import { PLAIN, Stamp } from './stamp.ts'
import type { Past } from './past.ts'
import { subscriptionOf } from './subscription.ts'

/** Types whose listeners are remembered; scripts name them. */
const MOST_TYPES = 1000
const MOST_LETTERS = 1000

/** The bus of one installation, in this process. */
export class Bus implements EventBus {
  readonly #past: Past
  readonly #stamp = new Stamp()
  readonly #listeners = new Set<Listener>()
  readonly #byType = new Map<string, readonly Listener[]>()
  readonly #letters: DeadLetter[] = []
  readonly #counts = { published: 0, delivered: 0, dropped: 0, failed: 0, persisted: 0 }
  /** Published by handlers while others are still being told: told afterwards, so that all hear one order. */
  readonly #nested: BusEvent[] = []
  #telling = false
  #ids = 0

  constructor(past: Past) {
    this.#past = past
  }

  publish(type: string, data: Value = null, options: PublishOptions = PLAIN): Awaitable<BusEvent> {
    let listeners = this.#byType.get(type)
    if (!listeners) {
      checkType(type)
      listeners = this.#listenersOf(type)
    }
    checkValue(data, { path: 'data', refs: false })
    for (const listener of listeners)
      if (listener.queue.refuses) throw overflowed(type, listener.parts.pattern)
    const event = this.#stamp.event(type, data, options)
    if (options.persist ?? this.#past.keeps(type)) return this.#kept(event)
    return this.#told(event, listeners)
  }

  subscribe(pattern: string, options: SubscribeOptions = {}): Subscription {
    return subscriptionOf(this.#listen(pattern, options), options.signal)
  }

  on(pattern: string, fn: Handler, options: SubscribeOptions = {}): Subscription {
    return subscriptionOf(this.#listen(pattern, options, fn), options.signal)
  }

  wanted(type: string, runId?: string): boolean {
    if (this.#past.keeps(type)) return true
    const listeners = this.#byType.get(type) ?? this.#listenersOf(type)
    if (runId === undefined) return listeners.length > 0
    return listeners.some(({ parts }) => (parts.options.runId ?? runId) === runId)
  }

  history(
    options: { readonly after?: number; readonly pattern?: string; readonly limit?: number } = {},
  ): AsyncIterable<BusEvent> {
    return this.#past.read(options)
  }

  deadLetters(): readonly DeadLetter[] {
    return [...this.#letters]
  }

  list(): readonly SubscriptionInfo[] {
    return [...this.#listeners].map((listener) => listener.info())
  }

  stats(): EventStats {
    const open = this.list()
    const sum = (key: 'delivered' | 'dropped' | 'failed'): number =>
      open.reduce((total, row) => total + row[key], this.#counts[key])
    return {
      ...this.#counts,
      delivered: sum('delivered'),
      dropped: sum('dropped'),
      failed: sum('failed'),
      subscriptions: this.#listeners.size,
    }
  }

  /** Ends all subscriptions. */
  close(): void {
    for (const listener of this.#listeners) listener.close()
  }

  async #kept(event: BusEvent): Promise<BusEvent> {
    const stored = await this.#past.keep(event)
    this.#counts.persisted++
    const { event_type: type } = stored
    return this.#told(stored, this.#byType.get(type) ?? this.#listenersOf(type))
  }

  #told(event: BusEvent, listeners: readonly Listener[]): Awaitable<BusEvent> {
    this.#counts.published++
    if (listeners.length === 0) return event
    if (this.#telling) {
      this.#nested.push(event)
      return event
    }
    const waits = this.#tell(event, listeners)
    if (this.#nested.length > 0) this.#tellNested()
    return waits ? Promise.all(waits).then(() => event) : event
  }

  #tell(event: BusEvent, listeners: readonly Listener[]): Promise<void>[] | undefined {
    let waits: Promise<void>[] | undefined
    this.#telling = true
    for (const listener of listeners) {
      const { ready } = listener
      if (ready !== undefined && listener.open) {
        listener.handle(event, ready)
        continue
      }
      if (listener.closed || !listener.takes(event)) continue
      const later = listener.offer(event)
      if (later) (waits ??= []).push(later)
    }
    this.#telling = false
    return waits
  }

  #tellNested(): void {
    for (let event = this.#nested.shift(); event; event = this.#nested.shift()) {
      const { event_type: type } = event
      void this.#tell(event, this.#byType.get(type) ?? this.#listenersOf(type))
    }
  }

  #listenersOf(type: string): readonly Listener[] {
    const found = [...this.#listeners].filter((listener) => listener.matches(type))
    if (this.#byType.size >= MOST_TYPES) this.#byType.clear()
    this.#byType.set(type, found)
    return found
  }

  #listen(pattern: string, options: SubscribeOptions, handler?: Handler): Listener {
    const { replay } = options
    const past = replay === undefined ? undefined : this.#past.read({ after: replay, pattern })
    const listener = new Listener({
      id: `sub_${++this.#ids}`,
      pattern,
      options,
      handler,
      past,
      letter: (letter) => this.#letter(letter),
      closed: (ended) => this.#ended(ended),
    })
    this.#listeners.add(listener)
    this.#byType.clear()
    return listener
  }

  #ended(listener: Listener): void {
    this.#listeners.delete(listener)
    this.#byType.clear()
    this.#counts.delivered += listener.delivered
    this.#counts.dropped += listener.queue.dropped
    this.#counts.failed += listener.failed
  }

  #letter(letter: Omit<DeadLetter, 'at'>): void {
    if (this.#letters.length >= MOST_LETTERS) this.#letters.shift()
    this.#letters.push({ ...letter, at: new Date().toISOString() })
  }
}
