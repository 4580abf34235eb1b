import { durationMs, durationText } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import { lineFailed } from './failures.ts'
import type { TimeoutTable } from './types.ts'

/** How long a provider may be silent, in ms. */
export interface Timeouts {
  /** Until the first chunk of a stream. */
  readonly first: number
  /** From one chunk to the next. */
  readonly between: number
  /** Until an answer that comes as a whole. */
  readonly whole: number
}

/** Later tables win. */
export function timeoutsOf(...tables: readonly (TimeoutTable | undefined)[]): Timeouts {
  const { first, between, whole } = Object.assign({}, ...tables) as TimeoutTable
  return { first: ms(first), between: ms(between), whole: ms(whole) }
}

const ms = (duration: number | string | undefined): number =>
  duration === undefined ? Infinity : (durationMs(duration) ?? Infinity)

/** The longest wait of a timer. */
export const MOST = 2 ** 31 - 1

/** What ends the wait for a chunk. */
export interface Watch {
  readonly signal: AbortSignal
  readonly cancelled: () => SpellError
  readonly provider: string
  readonly first: 'first' | 'whole'
  readonly timeouts: Timeouts
}

/**
 * The same chunks. Stops at once when the signal is aborted, also for a provider that does not look at it, and with
 * PROVIDER_FAILED of kind `timeout` after a silence that is too long.
 */
export async function* watched<T>(chunks: AsyncIterable<T>, watch: Watch): AsyncGenerator<T> {
  const { signal, cancelled, provider, timeouts } = watch
  // One listener for all chunks: a race with one promise would keep something of each.
  let fail: (error: SpellError) => void = () => {}
  const stop = (): void => fail(cancelled())
  signal.addEventListener('abort', stop)
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    for (let name: keyof Timeouts = watch.first; ; name = after(watch.first)) {
      if (signal.aborted) throw cancelled()
      const limit = timeouts[name]
      const late = (): void => fail(silent(provider, name, limit))
      const timer = limit > MOST ? undefined : setTimeout(late, limit)
      try {
        const { done, value } = await new Promise<IteratorResult<T>>((resolve, reject) => {
          fail = reject
          iterator.next().then(resolve, reject)
        })
        clearTimeout(timer)
        if (done) return
        yield value
      } finally {
        clearTimeout(timer)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    // Not waited for: a provider that ignores the signal would hold everything up.
    Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

/** What comes as a whole is all there with its first chunk. */
const after = (first: Watch['first']): keyof Timeouts => (first === 'whole' ? 'whole' : 'between')

const WHAT: Readonly<Record<keyof Timeouts, string>> = {
  first: 'the first word of an answer',
  between: 'the next word of an answer',
  whole: 'an answer',
}

/** PROVIDER_FAILED of kind `timeout`. */
export function silent(provider: string, name: keyof Timeouts, limit: number): SpellError {
  const waited = durationText(limit)
  return lineFailed(
    `Provider '${provider}' is silent: expected ${WHAT[name]} within ${waited}, found nothing.`,
    { provider, kind: 'timeout', retryable: true },
    `Ask again, or raise 'timeouts.${name}' of the model.`,
  )
}
