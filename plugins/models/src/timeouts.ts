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

/** Says that a provider is not silent, although no chunk came. */
export class Pulse {
  beat: () => void = () => {}
  readonly alive = (): void => this.beat()
}

/** What ends the wait for a chunk. */
export interface Watch {
  readonly signal: AbortSignal
  readonly cancelled: () => SpellError
  readonly provider: string
  readonly first: 'first' | 'whole'
  readonly timeouts: Timeouts
  /** Of no use where an answer comes as a whole. */
  readonly pulse?: Pulse
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
  const clock = new Clock(timeouts, watch.first, (name) =>
    fail(silent(provider, name, timeouts[name])),
  )
  if (watch.pulse && watch.first === 'first') watch.pulse.beat = () => clock.beat()
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    for (;;) {
      if (signal.aborted) throw cancelled()
      clock.start()
      const { done, value } = await new Promise<IteratorResult<T>>((resolve, reject) => {
        fail = reject
        iterator.next().then(resolve, reject)
      })
      clock.stop()
      if (done) return
      yield value
    }
  } finally {
    clock.stop()
    signal.removeEventListener('abort', stop)
    // Not waited for: a provider that ignores the signal would hold everything up.
    Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

/** Runs while a chunk is waited for. */
class Clock {
  readonly #timeouts: Timeouts
  readonly #late: (name: keyof Timeouts) => void
  #name: keyof Timeouts
  #timer: NodeJS.Timeout | undefined
  #runs = false

  constructor(timeouts: Timeouts, first: Watch['first'], late: (name: keyof Timeouts) => void) {
    this.#timeouts = timeouts
    this.#name = first
    this.#late = late
  }

  start(): void {
    clearTimeout(this.#timer)
    this.#runs = true
    const name = this.#name
    const limit = this.#timeouts[name]
    this.#timer = limit > MOST ? undefined : setTimeout(() => this.#late(name), limit)
  }

  /** Something came: the next wait is another one. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#runs = false
    this.#name = after(this.#name)
  }

  beat(): void {
    this.#name = after(this.#name)
    if (this.#runs) this.start()
  }
}

/** What comes as a whole is all there with its first chunk. */
const after = (first: keyof Timeouts): keyof Timeouts => (first === 'whole' ? 'whole' : 'between')

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
