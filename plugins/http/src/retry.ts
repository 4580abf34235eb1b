const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const STATUSES = new Set([429, 502, 503, 504])
const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const BASE = 250
const LONGEST = 10_000
const LONGEST_ASKED = 60_000

export function isRepeatable(method: string): boolean {
  return REPEATABLE.has(method)
}

export function isPassing(status: number): boolean {
  return STATUSES.has(status)
}

export function isLoss(system: unknown): boolean {
  return LOST.has(String(system))
}

/**
 * ms until the next try: what the server asks for, at most a minute, else full jitter under a limit that doubles.
 * @param attempt tries made so far, from 1
 */
export function pauseAfter(attempt: number, retryAfter?: string, random = Math.random): number {
  const asked = retryAfter === undefined ? undefined : askedPause(retryAfter, Date.now())
  if (asked !== undefined) return Math.min(asked, LONGEST_ASKED)
  return random() * Math.min(LONGEST, BASE * 2 ** (attempt - 1))
}

/** `Retry-After` in ms: seconds or a date; undefined for anything else. */
export function askedPause(text: string, now: number): number | undefined {
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1000
  const date = /\d{4}.*\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
