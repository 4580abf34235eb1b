import { SpellError, durationText, isSpellError } from '@llmspell/sdk'
import type { Awaitable } from '@llmspell/sdk'

const MAX_TIMER = 2 ** 31 - 1

export interface Limit {
  readonly subject: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
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
  const timer = setTimeout(() => end(timedOut(limit)), Math.min(limit.timeoutMs, MAX_TIMER))
  limit.signal.addEventListener('abort', follow, { once: true })
  try {
    if (limit.signal.aborted) throw cancelled(limit)
    const working = Promise.resolve(work(stop.signal))
    return await Promise.race([working, stopped.promise])
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    clearTimeout(timer)
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
