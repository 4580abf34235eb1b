import type { SpellError } from '@llmspell/sdk'

/** What may be otherwise in a moment, whoever raises it. */
const CODES: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'HTTP_FAILED',
  'HTTP_TIMEOUT',
  'PROVIDER_FAILED',
  'PROVIDER_UNAVAILABLE',
])
const STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
/** Of the operating system. */
const REASONS: ReadonlySet<string> = new Set(['EAGAIN', 'EBUSY', 'EMFILE', 'ENFILE', 'ETXTBSY'])

interface Details {
  readonly retryable?: unknown
  readonly status?: unknown
  readonly reason?: unknown
  readonly retry_after_ms?: unknown
}

/** True for a failure that another try may not meet. What the failure says of itself counts most. */
export function isTransient(error: SpellError): boolean {
  const { retryable, status, reason } = detailsOf(error)
  if (typeof retryable === 'boolean') return retryable
  if (typeof status === 'number') return STATUSES.has(status)
  if (typeof reason === 'string' && REASONS.has(reason)) return true
  return CODES.has(error.code)
}

/** ms that the other side asks to wait. */
export function askedWait(error: SpellError): number {
  const { retry_after_ms: wait } = detailsOf(error)
  return typeof wait === 'number' && wait > 0 ? wait : 0
}

function detailsOf({ details }: SpellError): Details {
  return typeof details === 'object' && details !== null ? (details as Details) : {}
}
