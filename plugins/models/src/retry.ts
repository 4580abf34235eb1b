import { isSpellError } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import type { ModelsConfig } from './generated/config.ts'

type Retry = ModelsConfig['retry']

/** The longest wait that a provider can ask for, in ms. */
const ASKED_LIMIT_MS = 60_000

/** What a provider says about a failure of it. */
interface Failure {
  readonly status?: number
  readonly retry_after_ms?: number
  readonly retryable?: boolean
}

/** The details of a PROVIDER_FAILED; undefined for any other error, which is never retried. */
function failureOf(error: unknown): Failure | undefined {
  if (!isSpellError(error) || error.code !== 'PROVIDER_FAILED') return undefined
  return (error.details ?? {}) as Failure
}

/**
 * Milliseconds to wait before the next attempt, or undefined to give up: the provider's own wish, else
 * exponential growth with full jitter.
 * @param attempt number of the attempt that failed, from 1
 */
export function retryDelay(
  error: unknown,
  attempt: number,
  policy: Retry,
  random: () => number,
): number | undefined {
  const failure = failureOf(error)
  if (!failure?.retryable || attempt >= policy.max_attempts) return undefined
  if (failure.retry_after_ms !== undefined) {
    return Math.min(Math.max(0, failure.retry_after_ms), ASKED_LIMIT_MS)
  }
  return Math.round(random() * Math.min(policy.max_ms, policy.base_ms * 2 ** (attempt - 1)))
}

/** For people: `waiting 2 s after 429 (attempt 1 of 3)`. */
export function retryText(error: SpellError, ms: number, attempt: number, policy: Retry): string {
  const wait = ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`
  const reason = failureOf(error)?.status ?? 'a broken connection'
  return `waiting ${wait} after ${reason} (attempt ${attempt} of ${policy.max_attempts})`
}
