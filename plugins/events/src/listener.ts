import { describe, SpellError } from '@llmspell/sdk'
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
import type { Meter } from './queue.ts'
import { Readers } from './readers.ts'

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
  readonly meter?: Meter | undefined
  readonly ended?: () => void
  readonly letter: (letter: Omit<DeadLetter, 'at'>) => void
  readonly closed: (listener: Listener) => void
  /** What it was told of the past broke off. */
  readonly broken: (error: unknown) => void
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
  /** It hears nothing new, and is read to its end. */
  left = false
  delivered = 0
  failed = 0
  #past: AsyncIterator<BusEvent> | undefined
  /** Offset up to which the past was told: what is persisted meanwhile comes on both ways. */
  #told = 0
  #inARow = 0
  readonly #readers = new Readers()

  /** @throws EVENT_PATTERN_INVALID, INPUT_INVALID */
  constructor(parts: ListenerParts) {
    this.parts = parts
    this.matches = matcherOf(parts.pattern)
    const { buffer = BUFFER, overflow = 'block', runId, target } = parts.options
    if (!(buffer >= 1)) throw badBuffer(buffer)
    this.queue = new EventQueue(buffer, overflow, parts.meter)
    this.open = runId === undefined && target === undefined
    this.#past = parts.past?.[Symbol.asyncIterator]()
    if (this.#past && parts.handler) void this.#pump()
    else this.ready = parts.handler
  }

  /** Whether an event is meant, beside its type. */
  takes({ metadata }: BusEvent): boolean {
    if (this.left) return false
    const { runId, allRuns, target } = this.parts.options
    const { run_id } = metadata
    if (runId !== undefined && !allRuns && run_id !== undefined && run_id !== runId) return false
    return metadata.target === undefined || target === undefined || metadata.target === target
  }

  /** Whether it may hold up or fail who publishes: a run does so to nobody but itself. */
  holds(publisher: string | undefined): boolean {
    const { runId } = this.parts.options
    return runId === undefined || publisher === runId
  }

  /** A promise where the publisher has to wait for room. */
  offer(event: BusEvent): Promise<void> | undefined {
    if (this.ready) {
      this.handle(event, this.ready)
      return undefined
    }
    const idle = this.#readers.some && this.queue.size === 0 && !this.#past
    if (!idle) return this.queue.push(event, this.holds(event.metadata.run_id))
    this.delivered++
    this.#readers.give(event)
    return undefined
  }

  /** The next event; undefined after the time, on the signal, or when closed. @throws what reading the past fails with */
  async next(timeoutMs?: number, signal?: AbortSignal): Promise<BusEvent | undefined> {
    const event = (this.#past && (await this.#fromPast())) ?? this.#fresh()
    if (event || this.closed || this.left || signal?.aborted) return event
    return this.#readers.wait(timeoutMs, signal)
  }

  /** At once: one that waits, or undefined. */
  poll(): BusEvent | undefined {
    return this.#past ? undefined : this.#fresh()
  }

  /** Hears nothing new; `next` gives what waits, and then undefined. */
  leave(): void {
    this.left = true
    this.#readers.end()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.ready = undefined
    for (let event = this.queue.shift(); event; event = this.queue.shift())
      if (this.parts.handler) this.#letter(event, 'closed')
    this.#readers.end()
    this.#past?.return?.().catch(this.parts.broken)
    this.#past = undefined
    this.parts.closed(this)
    this.parts.ended?.()
  }

  /** What was taken and is not told any more. */
  drop(event: BusEvent): void {
    this.#letter(event, 'closed')
  }

  info(): SubscriptionInfo {
    const { id, pattern, options } = this.parts
    const { overflow, size: waiting, dropped } = this.queue
    const { delivered, failed } = this
    const owner = options.owner ?? 'host'
    return { id, pattern, owner, overflow, waiting, delivered, dropped, failed }
  }

  /** At once: a promise is only made where the handler makes one. */
  handle(event: BusEvent, handler: Handler): void {
    this.delivered++
    try {
      const result = handler(event)
      if (result !== undefined && isLater(result)) void this.#pump(this.#settled(event, result))
      else if (this.#inARow > 0) this.#inARow = 0
    } catch (error) {
      this.fail(event, error)
    }
  }

  /** One event was heard in vain; several in a row close the subscription. */
  fail(event: BusEvent, error: unknown): void {
    this.failed++
    this.#letter(event, 'failed', error)
    if (++this.#inARow >= MOST_FAILURES) this.close()
  }

  /** One event was heard. */
  heard(): void {
    this.#inARow = 0
  }

  /** From the queue, without what nobody wants any more and what the past has told. */
  #fresh(): BusEvent | undefined {
    for (let event = this.queue.shift(); event; event = this.queue.shift()) {
      if (this.#told > 0 && (event.metadata.offset ?? Infinity) <= this.#told) continue
      if (!isExpired(event)) {
        this.delivered++
        return event
      }
      this.#letter(event, 'expired')
    }
    return undefined
  }

  async #fromPast(): Promise<BusEvent | undefined> {
    for (;;) {
      const next = await this.#past?.next()
      if (!next || next.done) break
      this.#told = Math.max(this.#told, next.value.metadata.offset ?? 0)
      if (!this.takes(next.value)) continue
      this.delivered++
      return next.value
    }
    this.#past = undefined
    return undefined
  }

  async #settled(event: BusEvent, result: Awaitable<void>): Promise<void> {
    try {
      await result
      this.#inARow = 0
    } catch (error) {
      this.fail(event, error)
    }
  }

  /** Waits for what is under way, then goes through what has come meanwhile. */
  async #pump(first?: Promise<void>): Promise<void> {
    this.ready = undefined
    await first
    try {
      while (!this.closed) {
        const event = (this.#past && (await this.#fromPast())) ?? this.#fresh()
        if (!event) break
        await this.#called(event)
      }
      if (!this.closed) this.ready = this.parts.handler
    } catch (error) {
      this.parts.broken(error)
      this.close()
    }
  }

  #called(event: BusEvent): Awaitable<void> {
    if (this.closed) return this.#letter(event, 'closed')
    try {
      const result = this.parts.handler!(event)
      if (isLater(result)) return this.#settled(event, result)
      this.#inARow = 0
    } catch (error) {
      this.fail(event, error)
    }
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

function badBuffer(buffer: unknown): SpellError {
  const text = `The buffer of a subscription is ${describe(buffer)}: expected a number of events from 1.`
  return new SpellError('INPUT_INVALID', text, { hint: 'Leave it out for 1,024.' })
}
