import { SpellError } from '@llmspell/sdk'
import type { PlannedFailure } from './settings.ts'

/**
 * Counts attempts. Without a `key` they are those of one call of a model, so that every run sees the same; with a `key`
 * they are counted across calls, for the life of the provider.
 */
export class Attempts {
  readonly #ofCall = new WeakMap<AbortSignal, number>()
  readonly #ofKey = new Map<string, number>()

  /** The planned failure of this attempt, if there is one. */
  next(
    planned: readonly PlannedFailure[],
    step: number,
    attempt: number | AbortSignal,
  ): PlannedFailure | undefined {
    const inCall = typeof attempt === 'number' ? attempt : this.#again(attempt)
    const counts = this.#count(planned)
    return planned.find((failure) => {
      const number = failure.key === undefined ? inCall : counts.get(failure.key)!
      const due = failure.on === 'always' || failure.on.includes(number)
      return due && (failure.step ?? defaultStep(failure) ?? step) === step
    })
  }

  /** A host that numbers no attempts makes all of one call under one signal. */
  #again(signal: AbortSignal): number {
    const count = (this.#ofCall.get(signal) ?? 0) + 1
    this.#ofCall.set(signal, count)
    return count
  }

  #count(planned: readonly PlannedFailure[]): ReadonlyMap<string, number> {
    for (const key of new Set(planned.flatMap((failure) => failure.key ?? []))) {
      this.#ofKey.set(key, (this.#ofKey.get(key) ?? 0) + 1)
    }
    return this.#ofKey
  }
}

/** A broken call is an answer, not a failure: repeated at every step it would never end. */
function defaultStep({ kind }: PlannedFailure): number | undefined {
  return kind === 'malformed_tool_call' ? 1 : undefined
}

/** What the failure raises; `cut_stream` after its chunks. */
export function failureError(failure: PlannedFailure, partial = ''): SpellError {
  const { retry_after_ms } = failure
  switch (failure.kind) {
    case 'rate_limit':
      return failed('it is asked too often (429)', 'Wait a little.', {
        kind: 'rate',
        status: 429,
        retryable: true,
        retry_after_ms,
      })
    case 'auth':
      return failed('it refuses the key (401)', 'Check the key.', {
        kind: 'auth',
        status: 401,
        retryable: false,
      })
    case 'cut_stream':
      return failed('the stream broke off', 'Ask again.', {
        kind: 'cut',
        retryable: true,
        partial,
      })
    default:
      return failed('the server broke (500)', 'Ask again.', {
        kind: 'server',
        status: 500,
        retryable: true,
        retry_after_ms,
      })
  }
}

function failed(
  what: string,
  hint: string,
  details: { readonly [key: string]: string | number | boolean | undefined },
): SpellError {
  const given = Object.entries(details).filter(([, value]) => value !== undefined)
  return new SpellError(
    'PROVIDER_FAILED',
    `Provider 'mock' failed as 'settings.fail' says: ${what}.`,
    {
      hint,
      details: { provider: 'mock', request_id: 'mock', ...Object.fromEntries(given) },
    },
  )
}
