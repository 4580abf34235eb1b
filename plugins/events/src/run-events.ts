import { inputDuration, printable, SpellError } from '@llmspell/sdk'
import type {
  Awaitable,
  BusEvent,
  CallContext,
  HostCallback,
  Overflow,
  Permissions,
  PublishOptions,
  Undo,
  Value,
} from '@llmspell/sdk'
import type { Bus } from './bus.ts'
import { ScriptSubscription } from './script-subscription.ts'

const KEY = 'events'
const HANDLER_MS = 30_000
/** What a timer can count: a longer one would fire at once. */
const TIMEOUTS = [1, 2 ** 31 - 1] as const
/** Characters of what a handler failed with. */
const LONGEST = 500
const MOST_OF_RUN = 1000
const BUFFER = 1024

export interface RunEventsParts {
  readonly bus: Bus
  readonly permissions: Permissions | undefined
}

/** What `Event.subscribe` takes beside pattern and function. */
export interface SubscriptionOptions {
  readonly buffer?: number
  readonly overflow?: Overflow
  readonly replay?: number
  readonly target?: string
  readonly timeout?: number | string
  readonly all_runs?: boolean
}

/** The subscriptions of one run. */
export class RunEvents {
  readonly #bus: Bus
  readonly #runId: string
  readonly #signal: AbortSignal
  readonly #subscriptions = new Map<string, ScriptSubscription>()
  readonly #pumps: Promise<void>[] = []
  #published = 0
  #persisted = 0
  #ids = 0
  #ended = { delivered: 0, dropped: 0, failed: 0 }

  constructor({ bus }: RunEventsParts, { runId, signal }: CallContext) {
    this.#bus = bus
    this.#runId = runId
    this.#signal = signal
  }

  /** Those of the run of a call. */
  static of(parts: RunEventsParts, context: CallContext): RunEvents {
    return context.share(KEY, () => {
      const value = new RunEvents(parts, context)
      return { value, dispose: () => value.#end() }
    })
  }

  get all(): readonly ScriptSubscription[] {
    return [...this.#subscriptions.values()]
  }

  publish(type: string, data: Value, options: PublishOptions): Awaitable<BusEvent> {
    const told = this.#bus.publish(type, data, options)
    this.#published++
    if (!(told instanceof Promise)) return told
    return told.then((event) => {
      if (event.metadata.offset !== undefined) this.#persisted++
      return event
    })
  }

  /** @throws EVENT_PATTERN_INVALID, EVENT_LIMIT, INPUT_INVALID */
  add(
    pattern: string,
    fn: HostCallback | undefined,
    options: SubscriptionOptions,
    context: CallContext,
  ): ScriptSubscription {
    if (this.#subscriptions.size >= MOST_OF_RUN) throw tooMany()
    const { timeout = HANDLER_MS } = options
    const timeoutMs = inputDuration('Event.subscribe', 'timeout', timeout, TIMEOUTS)
    const id = `sub_${++this.#ids}`
    const subscription = new ScriptSubscription(id, this.#listen(id, pattern, options, context))
    subscription.ref = context.handle('Subscription', subscription, { id, pattern }, id)
    this.#subscriptions.set(id, subscription)
    context.onUndo?.(() => subscription.close())
    if (fn) this.#pumps.push(this.#pump(subscription, fn, timeoutMs, context))
    return subscription
  }

  find(id: string): ScriptSubscription | undefined {
    return this.#subscriptions.get(id)
  }

  remove(id: string): boolean {
    return this.#subscriptions.get(id)?.close() ?? false
  }

  /** Whether a subscription of the bus is one of this run. */
  owns(subscription: string): boolean {
    return subscription.startsWith(`${this.#runId}/`)
  }

  /** Tells the run what it has published in another life. */
  again(event: BusEvent): void {
    this.#published++
    for (const subscription of this.all) subscription.again(event)
  }

  stats(): Value {
    const rows = this.all.map(({ listener }) => listener.info())
    const sum = (key: 'delivered' | 'dropped' | 'failed'): number =>
      rows.reduce((total, row) => total + row[key], this.#ended[key])
    return {
      published: this.#published,
      persisted: this.#persisted,
      delivered: sum('delivered'),
      dropped: sum('dropped'),
      failed: sum('failed'),
      subscriptions: rows.length,
    }
  }

  #listen(id: string, pattern: string, options: SubscriptionOptions, context: CallContext) {
    const { overflow = 'block', replay, target, all_runs } = options
    // Without a size of its own, what waits is limited by the memory of the script alone.
    const buffer = options.buffer ?? (overflow === 'block' ? Infinity : BUFFER)
    const runId = this.#runId
    const meter = (event: BusEvent): Undo => context.hold?.(event as unknown as Value) ?? (() => {})
    return this.#bus.listen(
      pattern,
      {
        buffer,
        overflow,
        owner: `run ${runId}`,
        runId,
        ...(all_runs ? { allRuns: true } : {}),
        ...(replay === undefined ? {} : { replay }),
        ...(target === undefined ? {} : { target }),
      },
      { id: `${runId}/${id}`, meter, ended: () => this.#left(id) },
    )
  }

  #left(id: string): void {
    const info = this.#subscriptions.get(id)?.listener.info()
    if (!info || !this.#subscriptions.delete(id)) return
    for (const key of ['delivered', 'dropped', 'failed'] as const) this.#ended[key] += info[key]
  }

  /** One event after the other, until the subscription is closed. */
  async #pump(
    subscription: ScriptSubscription,
    fn: HostCallback,
    timeoutMs: number,
    context: CallContext,
  ): Promise<void> {
    const { listener } = subscription
    // A clock of this life must not decide what the next one does.
    const ms = context.durable ? undefined : timeoutMs
    for (;;) {
      const batch = await subscription.read(context).catch((error: unknown) => {
        if (!this.#signal.aborted)
          context.log({ level: 'error', message: printable(String(error), LONGEST) })
        return []
      })
      if (batch.length === 0) return void subscription.close()
      for (const event of batch as unknown as BusEvent[]) {
        if (listener.closed) listener.drop(event)
        else
          await called(fn, event, ms).then(
            () => listener.heard(),
            (error: unknown) => this.#failed(subscription, event, error, context),
          )
      }
    }
  }

  #failed(
    { id, listener }: ScriptSubscription,
    event: BusEvent,
    error: unknown,
    context: CallContext,
  ): void {
    if (this.#signal.aborted) return
    listener.fail(event, error)
    const what = `The handler of subscription '${id}' failed at '${event.event_type}': ${printable(String(error), LONGEST)}`
    const end = listener.closed ? ' It failed five times in a row and hears no more.' : ''
    context.log({ level: 'warn', message: `${what}${end}` })
  }

  /** Nothing new comes; what waits for a function is told. */
  async #end(): Promise<void> {
    for (const { listener } of this.all) listener.leave()
    const stopped = new Promise<void>((resolve) => {
      if (this.#signal.aborted) resolve()
      this.#signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([Promise.all(this.#pumps), stopped])
    for (const subscription of this.all) subscription.close()
  }
}

async function called(fn: HostCallback, event: BusEvent, ms: number | undefined): Promise<void> {
  const done = fn(event as unknown as Value)
  if (ms === undefined) return void (await done)
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late(ms)), ms)
  try {
    await Promise.race([done, promise])
  } finally {
    clearTimeout(timer)
  }
}

function late(ms: number): SpellError {
  return new SpellError('TIMEOUT', `The handler of an event took longer than ${ms} ms.`, {
    hint: 'Give the subscription a longer timeout, or do the work elsewhere.',
  })
}

function tooMany(): SpellError {
  return new SpellError('EVENT_LIMIT', `A run holds at most ${MOST_OF_RUN} subscriptions.`, {
    hint: 'Close those that are not needed, or use a pattern that takes several types.',
  })
}
