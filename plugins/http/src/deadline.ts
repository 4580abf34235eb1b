import { SpellError, isSpellError, printable } from '@llmspell/sdk'
import type { HttpLimits, Undo } from '@llmspell/sdk'
import { timedOut } from './errors.ts'

export type TimeLimit = 'connectMs' | 'headersMs' | 'idleMs' | 'totalMs'
export type Limits = Required<HttpLimits>

/** The time of one request with all its parts, and whoever may end it: one signal for both. */
export class Deadline {
  readonly limits: Limits
  readonly #controller = new AbortController()
  readonly #host: string
  readonly #undo: Undo[] = []

  constructor(host: string, limits: Limits, outer: AbortSignal | undefined) {
    this.limits = limits
    this.#host = host
    this.#undo.push(this.limit('totalMs', 'it did not end'))
    if (outer) this.#follow(outer)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Starts one more limit; the undo takes it away. `missing`: what did not happen. */
  limit(key: TimeLimit, missing: string): Undo {
    const ms = this.limits[key]
    const timer = setTimeout(() => this.fail(timedOut(this.#host, missing, key, ms)), ms)
    timer.unref()
    return () => clearTimeout(timer)
  }

  fail(error: SpellError): void {
    this.#controller.abort(error)
    this.end()
  }

  /** @throws the reason, if time is over or the caller has left */
  check(): void {
    if (this.signal.aborted) throw this.signal.reason as SpellError
  }

  /** The promise, or the end of the time, whichever is first. */
  async race<T>(promise: Promise<T>): Promise<T> {
    // Where time is over already nobody else waits for it.
    promise.catch(() => undefined)
    this.check()
    const { promise: ended, reject } = Promise.withResolvers<never>()
    const leave = (): void => reject(this.signal.reason as SpellError)
    this.signal.addEventListener('abort', leave)
    try {
      return await Promise.race([promise, ended])
    } finally {
      this.signal.removeEventListener('abort', leave)
    }
  }

  /** Runs when the request is over. */
  onEnd(fn: Undo): void {
    this.#undo.push(fn)
  }

  /** Forgets all limits: the request is over. */
  end(): void {
    for (const undo of this.#undo.splice(0)) undo()
  }

  #follow(outer: AbortSignal): void {
    const leave = (): void => this.fail(cancelled(this.#host, outer.reason))
    if (outer.aborted) return leave()
    outer.addEventListener('abort', leave)
    this.#undo.push(() => outer.removeEventListener('abort', leave))
  }
}

function cancelled(host: string, reason: unknown): SpellError {
  if (isSpellError(reason)) return reason
  const text = `The request to '${printable(host)}' was cancelled.`
  return new SpellError('CANCELLED', text, { cause: reason })
}
