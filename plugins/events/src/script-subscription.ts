import type { BusEvent, CallContext, HandleRef, Value } from '@llmspell/sdk'
import type { Listener } from './listener.ts'

/** Events that are taken at once. */
const BATCH = 64

/** One subscription of a script. */
export class ScriptSubscription {
  readonly id: string
  readonly listener: Listener
  ref!: HandleRef
  /** Events that a durable run has read in another life: told again, they are not read again. */
  readonly #read = new Set<string>()

  constructor(id: string, listener: Listener) {
    this.id = id
    this.listener = listener
  }

  /** The next event; undefined after the time, or when closed. */
  async next(context: CallContext, timeoutMs?: number): Promise<Value | undefined> {
    if (context.recorded) return this.#again(context)
    return (await this.listener.next(timeoutMs)) as unknown as Value | undefined
  }

  /** Those that wait, at least one; nothing when closed or stopped. */
  async take(context?: CallContext, signal = context?.signal): Promise<Value[]> {
    if (context?.recorded) return this.#again(context) as Value[]
    const first = await this.listener.next(undefined, signal)
    if (!first) return []
    const batch = [first]
    for (let event = this.listener.poll(); event; event = this.listener.poll())
      if (batch.push(event) >= BATCH) break
    return batch as unknown as Value[]
  }

  /** All of them, one after the other. In a durable run they are read from its journal first. */
  events(context: CallContext): AsyncIterable<Value> {
    return { [Symbol.asyncIterator]: () => reading((signal) => this.read(context, signal)) }
  }

  /** As `take`, on the way that a durable run remembers. */
  read(context: CallContext, signal?: AbortSignal): Promise<Value[]> {
    if (!context.durable) return this.take(undefined, signal)
    const options = { handle: this.ref, ...(signal ? { signal } : {}) }
    return context.call('Event', 'Subscription.take', [], options) as Promise<Value[]>
  }

  /** Offers an event of another life, unless it was read there. */
  again(event: BusEvent): void {
    if (this.#read.delete(event.id) || this.listener.closed) return
    if (this.listener.matches(event.event_type) && this.listener.takes(event))
      void this.listener.offer(event)
  }

  /** False where it was closed before. */
  close(): boolean {
    if (this.listener.closed) return false
    this.listener.close()
    return true
  }

  row(): Value {
    const { waiting, delivered, dropped, failed, pattern, overflow } = this.listener.info()
    return { id: this.id, pattern, overflow, waiting, delivered, dropped, failed }
  }

  #again({ recorded }: CallContext): Value {
    const value = recorded?.ok ? (recorded.value as Value) : null
    const events = (Array.isArray(value) ? value : [value]) as unknown as (BusEvent | null)[]
    for (const event of events)
      if (event && !this.listener.queue.remove(event.id)) this.#read.add(event.id)
    return value
  }
}

/** An iterator that can be left while it waits. */
function reading(read: (signal: AbortSignal) => Promise<Value[]>): AsyncIterator<Value> {
  const left = new AbortController()
  let batch: Value[] = []
  return {
    async next() {
      if (batch.length === 0 && !left.signal.aborted) batch = (await read(left.signal)).toReversed()
      const value = batch.pop()
      return value === undefined ? { done: true, value } : { done: false, value }
    },
    async return() {
      left.abort()
      return { done: true, value: undefined }
    },
  }
}
