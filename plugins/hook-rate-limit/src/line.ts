import { now, sleep } from '@llmspell/sdk'
import { Bucket } from './bucket.ts'
import type { Rule } from './rules.ts'
import { Turns } from './turns.ts'

const MAX_TIMER = 2 ** 31 - 1

/** What became of a call at a line. */
export type Passage =
  | { readonly passed: true; readonly waitedMs: number }
  | {
      readonly passed: false
      readonly reason: 'limit' | 'queue' | 'wait' | 'cancelled'
      readonly afterMs: number
    }

interface Waiting {
  readonly since: number
  readonly settle: (passage: Passage) => void
}

/** One bucket and the calls that wait for it; runs take turns. */
export class Line {
  readonly #rule: Rule
  readonly #bucket: Bucket
  readonly #turns = new Turns<Waiting>()
  #moving: AbortController | undefined

  constructor(rule: Rule) {
    this.#rule = rule
    this.#bucket = new Bucket(rule.perMs, rule.burst, now())
  }

  /** True where nobody would miss it. */
  get idle(): boolean {
    return this.#turns.size === 0 && this.#bucket.isFull(now())
  }

  async pass(run: string, signal: AbortSignal): Promise<Passage> {
    const { waits, maxQueue, maxWaitMs } = this.#rule
    if (this.#turns.size === 0 && this.#bucket.take(now())) return { passed: true, waitedMs: 0 }
    const afterMs = this.#bucket.wait(now(), this.#turns.size + 1)
    const refused = (reason: 'limit' | 'queue' | 'wait'): Passage => {
      return { passed: false, reason, afterMs }
    }
    if (!waits) return refused('limit')
    if (this.#turns.size >= maxQueue) return refused('queue')
    // With several runs it may come sooner or later than this; how long it waits is limited in any case.
    if (this.#bucket.wait(now()) > maxWaitMs) return refused('wait')
    const late = AbortSignal.timeout(Math.min(MAX_TIMER, maxWaitMs))
    return this.#queued(run, AbortSignal.any([signal, late]), signal)
  }

  giveBack(): void {
    this.#bucket.give(now())
  }

  async #queued(run: string, end: AbortSignal, cancelled: AbortSignal): Promise<Passage> {
    const { promise, resolve } = Promise.withResolvers<Passage>()
    const waiting = { since: now(), settle: resolve }
    const leave = (): void => {
      if (!this.#turns.remove(run, waiting)) return
      const reason = cancelled.aborted ? 'cancelled' : 'wait'
      resolve({ passed: false, reason, afterMs: this.#bucket.wait(now(), this.#turns.size + 1) })
      if (this.#turns.size === 0) this.#moving?.abort()
    }
    this.#turns.add(run, waiting)
    end.addEventListener('abort', leave, { once: true })
    if (end.aborted) leave()
    void this.#move()
    const passage = await promise
    end.removeEventListener('abort', leave)
    return passage
  }

  /** Lets one after the other pass, as tokens come. No timer stays where nobody waits. */
  async #move(): Promise<void> {
    if (this.#moving) return
    while (this.#turns.size > 0) {
      if (this.#bucket.take(now())) {
        const { since, settle } = this.#turns.next()!
        settle({ passed: true, waitedMs: now() - since })
        continue
      }
      this.#moving = new AbortController()
      const ms = Math.max(1, Math.ceil(this.#bucket.wait(now())))
      await sleep(Math.min(MAX_TIMER, ms), this.#moving.signal)
    }
    this.#moving = undefined
  }
}
