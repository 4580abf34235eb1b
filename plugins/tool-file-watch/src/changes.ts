import type { FileWatchResult } from './generated/output.ts'

export type Change = FileWatchResult['events'][number]
type Event = Change['event']

/** What two events of one name within the debounce time are together; undefined: nothing happened. */
const TOGETHER: Readonly<Record<Event, Readonly<Record<Event, Event | undefined>>>> = {
  added: { added: 'added', changed: 'added', removed: undefined },
  changed: { added: 'changed', changed: 'changed', removed: 'removed' },
  removed: { added: 'changed', changed: 'changed', removed: 'removed' },
}

interface Waiting {
  change: Change | undefined
  readonly timer: NodeJS.Timeout
}

/** Changes in the order their time is over, one for each name. Ends once; then it has no timers left. */
export class Changes {
  readonly #debounceMs: number
  readonly #max: number
  readonly #waiting = new Map<string, Waiting>()
  readonly #ready: Change[] = []
  #given = 0
  #ended = false
  #arrived = Promise.withResolvers<void>()

  constructor(debounceMs: number, max: number) {
    this.#debounceMs = debounceMs
    this.#max = max
  }

  push(change: Change): void {
    if (this.#ended) return
    const waiting = this.#waiting.get(change.path)
    if (!waiting) this.#wait(change)
    else if (!waiting.change) waiting.change = change
    else {
      const event = TOGETHER[waiting.change.event][change.event]
      waiting.change = event && { ...change, event }
    }
  }

  /** What still waits counts; nothing that comes later does. */
  end(): void {
    this.#ended = true
    for (const path of Array.from(this.#waiting.keys())) this.#settle(path)
    this.#arrived.resolve()
  }

  async *read(): AsyncGenerator<Change> {
    for (;;) {
      const next = this.#ready.shift()
      if (next) {
        yield next
        if (++this.#given >= this.#max) return
      } else if (this.#ended) return
      else {
        await this.#arrived.promise
        if (!this.#ended) this.#arrived = Promise.withResolvers()
      }
    }
  }

  #wait(change: Change): void {
    // What is never read need not be kept.
    if (this.#ready.length + this.#waiting.size + this.#given >= 2 * this.#max) return
    const timer = setTimeout(() => this.#settle(change.path), this.#debounceMs)
    this.#waiting.set(change.path, { change, timer })
  }

  #settle(path: string): void {
    const waiting = this.#waiting.get(path)
    if (!waiting) return
    clearTimeout(waiting.timer)
    this.#waiting.delete(path)
    if (!waiting.change) return
    this.#ready.push(waiting.change)
    this.#arrived.resolve()
  }
}
