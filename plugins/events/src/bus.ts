import { checkValue, VALUE_LIMITS } from '@llmspell/sdk'
import type {
  Awaitable,
  BusEvent,
  DeadLetter,
  EventBus,
  EventStats,
  EventType,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  SubscriptionInfo,
  Value,
} from '@llmspell/sdk'
import { Letters } from './letters.ts'
import { Listener } from './listener.ts'
import type { Handler, ListenerParts } from './listener.ts'
import { Outbox } from './outbox.ts'
import { checkType } from './pattern.ts'
import type { Past, PastQuery } from './past.ts'
import { isPlain } from './plain.ts'
import { NO_POINTS } from './points.ts'
import type { Points } from './points.ts'
import { overflowed } from './queue.ts'
import { PLAIN, Stamp } from './stamp.ts'
import { subscriptionOf } from './subscription.ts'
import { eventTypes } from './types.ts'

/** Types whose listeners are remembered; scripts name them. */
const MOST_TYPES = 1000

/** Of one event in the store: many of them must not fill it. */
const KEPT = { ...VALUE_LIMITS, bytes: 64 * 1024 }

/** What a script's listener is made of beside its options. */
export type Guest = Partial<Pick<ListenerParts, 'id' | 'meter' | 'handler' | 'ended'>>

export interface BusParts {
  readonly past: Past
  readonly points?: Points
  /** Patterns that somebody listens to have changed. */
  readonly changed?: () => void
  readonly broken?: (error: unknown) => void
}

/** The bus of one installation, in this process. */
export class Bus implements EventBus {
  readonly #parts: BusParts
  readonly #points: Points
  readonly #stamp = new Stamp()
  readonly #outbox = new Outbox()
  readonly #listeners = new Set<Listener>()
  readonly #byType = new Map<string, readonly Listener[]>()
  readonly #letters: Letters
  readonly #counts = { published: 0, delivered: 0, dropped: 0, failed: 0, persisted: 0 }
  /** Published by handlers while others are still being told: told afterwards, so that all hear one order. */
  #nested: (readonly [BusEvent, readonly Listener[]])[] = []
  #telling = false
  #ids = 0

  constructor(parts: BusParts) {
    this.#parts = parts
    this.#points = parts.points ?? NO_POINTS
    this.#letters = new Letters(this.#points)
  }

  publish(type: string, data: Value = null, options: PublishOptions = PLAIN): Awaitable<BusEvent> {
    let listeners = this.#byType.get(type)
    if (!listeners) {
      checkType(type)
      listeners = this.#listenersOf(type)
    }
    if (!isPlain(data)) checkValue(data, { path: 'data', refs: false })
    for (const listener of listeners)
      if (listener.queue.refuses && listener.holds(options.runId))
        throw overflowed(type, listener.parts.pattern)
    const event = this.#stamp.event(type, data, options)
    const persist = options.persist ?? this.#parts.past.keeps(type)
    if (persist || this.#outbox.busy || this.#points.publish.used)
      return this.#later(event, persist)
    return this.#told(event, listeners)
  }

  subscribe(pattern: string, options: SubscribeOptions = {}): Subscription {
    return subscriptionOf(this.listen(pattern, options), options.signal)
  }

  on(pattern: string, fn: Handler, options: SubscribeOptions = {}): Subscription {
    return subscriptionOf(this.listen(pattern, options, { handler: fn }), options.signal)
  }

  wanted(type: string, runId?: string): boolean {
    if (this.#parts.past.keeps(type)) return true
    const listeners = this.#byType.get(type) ?? this.#listenersOf(type)
    if (runId === undefined) return listeners.length > 0
    return listeners.some(
      ({ parts: { options } }) => options.allRuns || (options.runId ?? runId) === runId,
    )
  }

  history(options: PastQuery = {}): AsyncIterable<BusEvent> {
    return this.#parts.past.read(options)
  }

  settled(): Promise<void> {
    return this.#outbox.empty()
  }

  types(): Promise<readonly EventType[]> {
    return eventTypes()
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#letters.all()
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

  /** Ends all subscriptions, when what is under way is kept. */
  async close(): Promise<void> {
    await this.#outbox.empty()
    for (const listener of this.#listeners) listener.close()
  }

  /** A listener as it is; scripts' ones have an id of their own and count what waits. */
  listen(pattern: string, options: SubscribeOptions, guest: Guest = {}): Listener {
    const { replay } = options
    const past =
      replay === undefined ? undefined : this.#parts.past.read({ after: replay, pattern })
    const listener = new Listener({
      id: `sub_${++this.#ids}`,
      ...guest,
      pattern,
      options,
      past,
      letter: (letter) => this.#letters.add(letter),
      closed: (ended) => this.#ended(ended),
      broken: (error) => this.#parts.broken?.(error),
    })
    this.#listeners.add(listener)
    this.#byType.clear()
    this.#parts.changed?.()
    return listener
  }

  /** In its turn: what is stored or asked about keeps its place among the others. */
  #later(event: BusEvent, persist: boolean): Promise<BusEvent> {
    return this.#outbox.add(
      () => this.#made(event, persist),
      (made) => this.#told(made, this.#listenersNow(made)),
    )
  }

  /** @throws HOOK_CANCELLED; what storing fails with */
  async #made(event: BusEvent, persist: boolean): Promise<BusEvent> {
    const { publish } = this.#points
    const asked = publish.used ? await this.#points.ask(event) : event
    if (!persist) return asked
    checkValue(asked.data, { path: 'data', limits: KEPT })
    const stored = await this.#parts.past.keep(asked)
    this.#counts.persisted++
    return stored
  }

  #told(event: BusEvent, listeners: readonly Listener[]): Awaitable<BusEvent> {
    this.#counts.published++
    if (this.#points.published.used) this.#points.published.call(event)
    if (listeners.length === 0) return event
    if (this.#telling) {
      this.#nested.push([event, listeners])
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
    while (this.#nested.length > 0) {
      const batch = this.#nested
      this.#nested = []
      for (const [event, listeners] of batch) void this.#tell(event, listeners)
    }
  }

  #listenersNow({ event_type: type }: BusEvent): readonly Listener[] {
    return this.#byType.get(type) ?? this.#listenersOf(type)
  }

  #listenersOf(type: string): readonly Listener[] {
    const found = [...this.#listeners].filter((listener) => listener.matches(type))
    if (this.#byType.size >= MOST_TYPES) this.#byType.clear()
    this.#byType.set(type, found)
    return found
  }

  #ended(listener: Listener): void {
    this.#listeners.delete(listener)
    this.#byType.clear()
    this.#counts.delivered += listener.delivered
    this.#counts.dropped += listener.queue.dropped
    this.#counts.failed += listener.failed
    this.#parts.changed?.()
  }
}
