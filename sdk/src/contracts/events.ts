import type { Awaitable } from '../hooks.ts'
import type { Value } from '../values.ts'

/** One message. */
export interface BusEvent {
  readonly id: string
  /** Segments joined by dots: `order.paid`. */
  readonly event_type: string
  readonly data: Value
  /** ISO 8601 in UTC. */
  readonly timestamp: string
  /** Order of publishing in this process, from 1. */
  readonly sequence: number
  readonly correlation_id: string
  /** `host`, or the language of the script that published it. */
  readonly language: string
  /** ms after which nobody wants it any more. */
  readonly ttl?: number
  readonly metadata: {
    /** Who published it: `script`, `agent 'poet'`, `plugin tools`. */
    readonly source: string
    readonly run_id?: string
    readonly target?: string
    readonly tags?: readonly string[]
    /** Place among the persisted events, from 1; missing where it was not persisted. */
    readonly offset?: number
  }
}

/**
 * What happens to an event where the queue of a subscription is full. `block`: the publisher waits; `error`: it fails
 * with EVENT_OVERFLOW; dropped events are counted.
 */
export type Overflow = 'block' | 'error' | 'drop_oldest' | 'drop_newest'

export interface SubscribeOptions {
  /** Events that may wait; default 1,024. */
  readonly buffer?: number
  /** Default `block`. */
  readonly overflow?: Overflow
  /** Also the persisted events behind this offset, before anything new. */
  readonly replay?: number
  /** Only events of this run, and those of no run. */
  readonly runId?: string
  /** Also those of other runs: `runId` then only says who listens. */
  readonly allRuns?: boolean
  /** Only events that are addressed to it, or to nobody. */
  readonly target?: string
  readonly signal?: AbortSignal
  /** Who listens, for lists and dead letters. */
  readonly owner?: string
}

export interface PublishOptions {
  readonly correlationId?: string
  readonly ttl?: number
  readonly target?: string
  readonly tags?: readonly string[]
  readonly source?: string
  readonly runId?: string
  readonly language?: string
  /** Kept in the store of the installation; resolves when it is. Default: what the configuration says of its type. */
  readonly persist?: boolean
}

export interface SubscriptionInfo {
  readonly id: string
  readonly pattern: string
  readonly owner: string
  readonly overflow: Overflow
  readonly waiting: number
  readonly delivered: number
  readonly dropped: number
  readonly failed: number
}

/** A listener's end of the bus. Left by `return` of the iterator, by `close`, or by its signal. */
export interface Subscription extends AsyncIterable<BusEvent> {
  readonly id: string
  readonly pattern: string
  /** The next event; undefined after the timeout in ms, or when closed. Default: waits without end. */
  next(timeoutMs?: number): Promise<BusEvent | undefined>
  info(): SubscriptionInfo
  close(): void
}

export interface DeadLetter {
  readonly event: BusEvent
  /** Id and pattern of the subscription. */
  readonly subscription: string
  readonly pattern: string
  readonly reason: 'failed' | 'expired' | 'closed'
  readonly error?: string
  readonly at: string
}

export interface EventStats {
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly failed: number
  readonly persisted: number
  readonly subscriptions: number
}

/** A type of event that the host publishes by itself. */
export interface EventType {
  readonly type: string
  readonly doc: string
  readonly since: string
  /** The hook point that it is made from. */
  readonly point: string
  /** JSON Schema of its data. */
  readonly data: object
}

/** Service `events`: messages that are published and forgotten, in order, to whoever listens. */
export interface EventBus {
  /**
   * At once where every listener has room; else when the slowest that blocks has. Events reach each listener in order of
   * publishing. The data are not copied: who publishes them changes them no more.
   * @throws EVENT_TYPE_INVALID, EVENT_OVERFLOW, VALUE_UNSUPPORTED, VALUE_TOO_LARGE, HOOK_CANCELLED
   */
  publish(type: string, data?: Value, options?: PublishOptions): Awaitable<BusEvent>
  /**
   * A queue to pull from. Patterns: exact; a trailing `*` takes the whole rest (`tool.*`, `order*`); elsewhere `*` is one
   * segment and `**` any number. @throws EVENT_PATTERN_INVALID
   */
  subscribe(pattern: string, options?: SubscribeOptions): Subscription
  /**
   * Calls `fn` for each, one after the other; what it returns is waited for before the next. One that throws goes to the dead
   * letters; five in a row close the subscription.
   */
  on(
    pattern: string,
    fn: (event: BusEvent) => Awaitable<void>,
    options?: SubscribeOptions,
  ): Subscription
  /** True where somebody listens to the type: events that nobody wants need not be made. */
  wanted(type: string, runId?: string): boolean
  /** Persisted events behind an offset, oldest first. */
  history(options?: {
    readonly after?: number
    readonly pattern?: string
    readonly limit?: number
  }): AsyncIterable<BusEvent>
  /** When all that was published so far is kept and told, or has failed. */
  settled(): Promise<void>
  /** What the host publishes by itself. */
  types(): Promise<readonly EventType[]>
  /** The last 1,000. */
  deadLetters(): readonly DeadLetter[]
  list(): readonly SubscriptionInfo[]
  stats(): EventStats
}

declare module '../services.ts' {
  interface Services {
    events: EventBus
  }
}
