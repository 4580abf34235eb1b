import { fromErrorRecord, isPassing, providerFailure } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'

/** What ends a call for good, whatever a row lists. */
const FINAL: ReadonlySet<string> = new Set([
  'CANCELLED',
  'SUSPENDED',
  'BUDGET_EXCEEDED',
  'PERMISSION_DENIED',
  'HOOK_CANCELLED',
])
/** What may be otherwise in a moment, where the failure itself says nothing. */
const CODES: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'HTTP_FAILED',
  'HTTP_TIMEOUT',
  'PROVIDER_FAILED',
  'PROVIDER_UNAVAILABLE',
  'RATE_LIMITED',
])
const STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
/** Of the operating system. */
const REASONS: ReadonlySet<string> = new Set(['EAGAIN', 'EBUSY', 'EMFILE', 'ENFILE', 'ETXTBSY'])

interface Details {
  readonly kind?: unknown
  readonly retryable?: unknown
  readonly status?: unknown
  readonly reason?: unknown
  readonly retry_after_ms?: unknown
}

/** Which failures a row is for. */
export interface Chosen {
  readonly codes: ReadonlySet<string> | undefined
  readonly kinds: ReadonlySet<string> | undefined
}

/** Whether another try may meet it no more. What a row lists counts most, then what the failure says of itself. */
export function mayPass(error: ErrorRecord, { codes, kinds }: Chosen): boolean {
  if (FINAL.has(error.code)) return false
  const kind = providerFailure(fromErrorRecord(error))?.kind
  if (kinds && kind !== undefined) return kinds.has(kind)
  if (codes) return codes.has(error.code)
  return kind === undefined ? isTransient(error) : isPassing(kind) && isAgain(error)
}

/** ms that the other side asks to wait. */
export function askedWait(error: ErrorRecord): number {
  const { retry_after_ms: wait } = detailsOf(error)
  return typeof wait === 'number' && wait > 0 ? wait : 0
}

function isTransient(error: ErrorRecord): boolean {
  const { retryable, status, reason } = detailsOf(error)
  if (typeof retryable === 'boolean') return retryable
  if (typeof status === 'number') return STATUSES.has(status)
  if (typeof reason === 'string' && REASONS.has(reason)) return true
  return CODES.has(error.code)
}

const isAgain = (error: ErrorRecord): boolean => detailsOf(error).retryable !== false

function detailsOf({ details }: ErrorRecord): Details {
  return typeof details === 'object' && details !== null ? (details as Details) : {}
}
