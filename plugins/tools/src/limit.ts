import { SpellError, durationText, isSpellError, now } from '@llmspell/sdk'
import type { Awaitable } from '@llmspell/sdk'

const MAX_TIMER = 2 ** 31 - 1

export interface Limit {
  readonly subject: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The clocks of the limits under way, by the signal that each hands to its work. */
const clocks = new WeakMap<AbortSignal, Clock>()

/** Time that counts only while the work itself is at it. */
class Clock {
  readonly #end: () => void
  #left: number
  #since = 0
  #waits = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, end: () => void) {
    this.#left = ms
    this.#end = end
    this.go()
  }

  go(): void {
    this.#since = now()
    this.#timer = setTimeout(this.#end, Math.min(this.#left, MAX_TIMER))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async without<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#waits++ === 0) {
      this.stop()
      this.#left = Math.max(1, this.#left - (now() - this.#since))
    }
    try {
      return await wait()
    } finally {
      if (--this.#waits === 0 && this.#left > 0) this.go()
    }
  }

  /** Counts no more, whatever still waits. */
  close(): void {
    this.stop()
    this.#left = 0
  }
}

/** Waits for a person: the time of the work that holds this signal does not go on meanwhile. */
export function outside<T>(signal: AbortSignal, wait: () => Promise<T>): Promise<T> {
  return clocks.get(signal)?.without(wait) ?? wait()
}

/**
 * Runs work that may neither end in time nor heed its signal: whoever waits here goes on.
 *
 * @throws TIMEOUT; what the signal was aborted with, as CANCELLED where that is no SpellError
 */
export async function limited<T>(
  limit: Limit,
  work: (signal: AbortSignal) => Awaitable<T>,
): Promise<T> {
  const stop = new AbortController()
  const stopped = Promise.withResolvers<never>()
  const end = (reason: SpellError): void => {
    stopped.reject(reason)
    stop.abort(reason)
  }
  const follow = (): void => end(cancelled(limit))
  const clock = new Clock(limit.timeoutMs, () => end(timedOut(limit)))
  clocks.set(stop.signal, clock)
  limit.signal.addEventListener('abort', follow, { once: true })
  try {
    if (limit.signal.aborted) throw cancelled(limit)
    const working = Promise.resolve(work(stop.signal))
    return await Promise.race([working, stopped.promise])
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    clock.close()
    limit.signal.removeEventListener('abort', follow)
    stopped.promise.catch(() => undefined)
  }
}

/** The reason of an aborted signal as an error with a code. */
export function cancelled({ subject, signal }: Pick<Limit, 'subject' | 'signal'>): SpellError {
  if (isSpellError(signal.reason)) return signal.reason
  return new SpellError('CANCELLED', `${subject} was cancelled by its caller.`, {
    cause: signal.reason,
  })
}

function timedOut({ subject, timeoutMs }: Limit): SpellError {
  const message = `${subject} did not finish within ${durationText(timeoutMs)}.`
  return new SpellError('TIMEOUT', message, {
    hint: "Give it longer by the option timeout, for example '2m', or ask it for less.",
    details: { limit: timeoutMs },
  })
}
