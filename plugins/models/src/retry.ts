import { isPassing, providerFailure } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import type { ModelsConfig } from './generated/config.ts'

type Retry = ModelsConfig['retry']

/** The longest wait that a provider can ask for, in ms; where it asks for more it is not asked again. */
const ASKED_LIMIT_MS = 60_000

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
  const failure = providerFailure(error)
  if (!failure?.retryable || !isPassing(failure.kind)) return undefined
  if (attempt >= policy.max_attempts) return undefined
  const { retry_after_ms: asked } = failure
  if (asked !== undefined && asked >= 0) return asked > ASKED_LIMIT_MS ? undefined : asked
  return Math.round(random() * Math.min(policy.max_ms, policy.base_ms * 2 ** (attempt - 1)))
}

/** For people: `waiting 2 s after 429 (attempt 1 of 3)`. */
export function retryText(error: SpellError, ms: number, attempt: number, policy: Retry): string {
  const wait = ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`
  const reason = reasonOf(error)
  return `waiting ${wait} after ${reason} (attempt ${attempt} of ${policy.max_attempts})`
}

function reasonOf(error: SpellError): string {
  const failure = providerFailure(error)
  if (failure?.status !== undefined) return String(failure.status)
  return failure?.kind === 'timeout' ? 'a silence' : 'a broken connection'
}
