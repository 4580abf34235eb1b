import { describe } from '@llmspell/sdk'
import type {
  Awaitable,
  BusEvent,
  DeadLetter,
  SubscribeOptions,
  SubscriptionInfo,
} from '@llmspell/sdk'
import { matcherOf } from './pattern.ts'
import type { Matcher } from './pattern.ts'
import { EventQueue } from './queue.ts'

const BUFFER = 1024
/** Failures in a row after which a listener hears no more. */
const MOST_FAILURES = 5

export type Handler = (event: BusEvent) => Awaitable<void>

/** What a listener is made of. */
export interface ListenerParts {
  readonly id: string
  readonly pattern: string
  readonly options: SubscribeOptions
  /** Missing: the events are pulled. */
  readonly handler?: Handler | undefined
  /** Persisted events that come before anything new. */
  readonly past?: AsyncIterable<BusEvent> | undefined
  readonly letter: (letter: Omit<DeadLetter, 'at'>) => void
  readonly closed: (listener: Listener) => void
}

/** One subscription: a bounded queue with a reader, which pulls or is called. */
export class Listener {
  readonly parts: ListenerParts
  readonly matches: Matcher
  readonly queue: EventQueue
  /** The handler while it may be called at once: nothing is under way and nothing waits. */
  ready: Handler | undefined
  /** Whether it takes every event of its types, whoever it is from. */
  readonly open: boolean
  closed = false
  delivered = 0
  failed = 0
  #past: AsyncIterator<BusEvent> | undefined
  #inARow = 0
  #readers: ((event: BusEvent | undefined) => void)[] = []

  constructor(parts: ListenerParts) {
    this.parts = parts
    this.matches = matcherOf(parts.pattern)
    const { buffer = BUFFER, overflow = 'block' } = parts.options
    this.queue = new EventQueue(buffer, overflow)
    this.#past = parts.past?.[Symbol.asyncIterator]()
    const { runId, target } = parts.options
    this.open = runId === undefined && target === undefined
    if (this.#past && parts.handler) void this.#pump()
    else this.ready = parts.handler
  }

  /** Whether an event is meant, beside its type. */
  takes({ metadata }: BusEvent): boolean {
    const { runId, target } = this.parts.options
    if (runId !== undefined && metadata.run_id !== runId) return false
    return metadata.target === undefined || target === undefined || metadata.target === target
  }

  /** A promise where the publisher has to wait for room. */
  offer(event: BusEvent): Promise<void> | undefined {
    if (this.ready) {
      this.handle(event, this.ready)
      return undefined
    }
    const idle = this.queue.size === 0 && !this.#past
    const reader = idle ? this.#readers.shift() : undefined
    if (!reader) return this.queue.push(event)
    this.delivered++
    reader(event)
    return undefined
  }

  /** The next event; undefined after the time, or when closed. */
  async next(timeoutMs?: number): Promise<BusEvent | undefined> {
    const past = await this.#fromPast()
    if (past) return past
    const event = this.#fresh()
    if (event || this.closed) return event
    const { promise, resolve } = Promise.withResolvers<BusEvent | undefined>()
    this.#readers.push(resolve)
    return timeoutMs === undefined ? promise : this.#within(timeoutMs, promise, resolve)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.ready = undefined
    for (let event = this.queue.shift(); event; event = this.queue.shift())
      if (this.parts.handler) this.#letter(event, 'closed')
    for (const reader of this.#readers.splice(0)) reader(undefined)
    void this.#past?.return?.()
    this.#past = undefined
    this.parts.closed(this)
  }

  info(): SubscriptionInfo {
    const { id, pattern, options } = this.parts
    const { overflow, size: waiting, dropped } = this.queue
    const { delivered, failed } = this
    const owner = options.owner ?? 'host'
    return { id, pattern, owner, overflow, waiting, delivered, dropped, failed }
  }

  async #within(
    ms: number,
    promise: Promise<BusEvent | undefined>,
    resolve: (event: undefined) => void,
  ): Promise<BusEvent | undefined> {
    const timer = setTimeout(() => {
      this.#readers = this.#readers.filter((reader) => reader !== resolve)
      resolve(undefined)
    }, ms)
    return promise.finally(() => clearTimeout(timer))
  }

  /** From the queue, without what nobody wants any more. */
  #fresh(): BusEvent | undefined {
    for (let event = this.queue.shift(); event; event = this.queue.shift()) {
      if (!isExpired(event)) {
        this.delivered++
        return event
      }
      this.#letter(event, 'expired')
    }
    return undefined
  }

  async #fromPast(): Promise<BusEvent | undefined> {
    const next = await this.#past?.next()
    if (next && !next.done) {
      this.delivered++
      return next.value
    }
    this.#past = undefined
    return undefined
  }

  /** At once: a promise is only made where the handler makes one. */
  handle(event: BusEvent, handler: Handler): void {
    this.delivered++
    try {
      const result = handler(event)
      if (result !== undefined && isLater(result)) void this.#pump(this.#settled(event, result))
      else if (this.#inARow > 0) this.#inARow = 0
    } catch (error) {
      this.#failure(event, error)
    }
  }

  async #settled(event: BusEvent, result: Awaitable<void>): Promise<void> {
    try {
      await result
      this.#inARow = 0
    } catch (error) {
      this.#failure(event, error)
    }
  }

  /** Waits for what is under way, then goes through what has come meanwhile. */
  async #pump(first?: Promise<void>): Promise<void> {
    this.ready = undefined
    await first
    while (!this.closed) {
      const event = (this.#past && (await this.#fromPast())) ?? this.#fresh()
      if (!event) break
      await this.#called(event)
    }
    if (!this.closed) this.ready = this.parts.handler
  }

  #called(event: BusEvent): Awaitable<void> {
    try {
      const result = this.parts.handler!(event)
      if (isLater(result)) return this.#settled(event, result)
      this.#inARow = 0
    } catch (error) {
      this.#failure(event, error)
    }
  }

  #failure(event: BusEvent, error: unknown): void {
    this.failed++
    this.#letter(event, 'failed', error)
    if (++this.#inARow >= MOST_FAILURES) this.close()
  }

  #letter(event: BusEvent, reason: DeadLetter['reason'], error?: unknown): void {
    const { id: subscription, pattern, letter } = this.parts
    const text = error === undefined ? {} : { error: textOf(error) }
    letter({ event, subscription, pattern, reason, ...text })
  }
}

function isExpired({ ttl, timestamp }: BusEvent): boolean {
  return ttl !== undefined && Date.now() > Date.parse(timestamp) + ttl
}

const isLater = (value: unknown): value is PromiseLike<void> =>
  typeof (value as PromiseLike<void> | undefined)?.then === 'function'

const textOf = (error: unknown): string =>
  error instanceof Error ? error.message : describe(error)
