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
const MOST = 2 ** 31 - 1

/** The same chunks, or PROVIDER_FAILED of kind `timeout` after a silence that is too long. */
export async function* unlessSilent<T>(
  chunks: AsyncGenerator<T>,
  provider: string,
  first: 'first' | 'whole',
  timeouts: Timeouts,
): AsyncGenerator<T> {
  // What comes as a whole is all there with its first chunk.
  const after = first === 'whole' ? 'whole' : 'between'
  try {
    for (let name: keyof Timeouts = first; ; name = after) {
      const limit = timeouts[name]
      const { done, value } = await within(chunks.next(), limit, () =>
        silent(provider, name, limit),
      )
      if (done) return
      yield value
    }
  } finally {
    // Not waited for: it may hang.
    chunks.return(undefined).catch(() => {})
  }
}

async function within<T>(work: Promise<T>, limit: number, error: () => SpellError): Promise<T> {
  if (limit > MOST) return work
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(error()), limit)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const WHAT: Readonly<Record<keyof Timeouts, string>> = {
  first: 'the first word of an answer',
  between: 'the next word of an answer',
  whole: 'an answer',
}

function silent(provider: string, name: keyof Timeouts, limit: number): SpellError {
  const waited = durationText(limit)
  return lineFailed(
    `Provider '${provider}' is silent: expected ${WHAT[name]} within ${waited}, found nothing.`,
    { provider, kind: 'timeout', retryable: true },
    `Ask again, or raise 'timeouts.${name}' of the model.`,
  )
}
