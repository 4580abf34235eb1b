import { isPassing, isSpellError, kindOfStatus, SpellError } from '@llmspell/sdk'
import type { FailureKind, HttpResponse, ModelSettings, ProviderFailure } from '@llmspell/sdk'

/** The service's own words, which say more than its statuses. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  key_refused: 'auth',
  account_empty: 'quota',
  too_fast: 'rate',
  verse_too_long: 'context',
  held_back: 'safety',
  no_such_poet: 'model',
  overloaded: 'server',
}

const HINTS: Readonly<Record<FailureKind, string>> = {
  auth: 'Look at the key in STANZA_KEY.',
  quota: 'Look at the billing of your account.',
  rate: 'Wait, and ask again.',
  context: 'Send less.',
  safety: 'Ask it otherwise.',
  request: 'Change the request as the text says.',
  model: 'Look at the name of the model.',
  network: 'See that the server runs.',
  timeout: 'Ask again.',
  server: 'Ask again.',
  cut: 'Ask again.',
  malformed: 'Look at the base URL in STANZA_URL.',
}

/** An error as the service writes it, in an answer of its own or within a stream. */
export interface Complaint {
  readonly code?: string
  readonly message?: string
}

export function complained(
  { provider }: ModelSettings,
  { code = '', message = 'it says no more' }: Complaint,
  more: Partial<ProviderFailure> = {},
): SpellError {
  const kind = KINDS[code] ?? (more.status === undefined ? 'server' : kindOfStatus(more.status))
  return failed(provider, kind, message, { ...more, ...(code && { provider_code: code }) })
}

/** An answer with a status that is no success. */
export async function refused(model: ModelSettings, response: HttpResponse): Promise<SpellError> {
  const { status, headers } = response
  const after = headers['retry-after']
  const id = headers['x-stanza-request']
  const more = {
    status,
    ...(after === undefined ? {} : { retry_after_ms: msUntil(after) }),
    ...(id === undefined ? {} : { request_id: id }),
  }
  return complained(model, complaintIn(await response.text()), more)
}

/** `error` of a body, or the body itself. */
function complaintIn(body: string): Complaint {
  try {
    const { error } = JSON.parse(body) as { readonly error?: Complaint }
    if (typeof error === 'object') return error
  } catch {
    // Said as it is.
  }
  return { message: body.slice(0, 200).replaceAll(/\s+/g, ' ') }
}

/** Seconds, or a date. */
function msUntil(after: string): number {
  const seconds = Number(after)
  return Math.max(0, Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000) || 0
}

export function malformed({ provider }: ModelSettings, found: string): SpellError {
  const what = `expected events, found '${found.slice(0, 80).toWellFormed()}'`
  return failed(provider, 'malformed', what)
}

/** The answer ended without its last event. */
export function cutOff({ provider }: ModelSettings, cause?: unknown): SpellError {
  return failed(provider, 'cut', 'its answer broke off', {}, cause)
}

/** Whatever was thrown on the way, in the words of the contract, with the text that had come by then. */
export function told(
  error: unknown,
  model: ModelSettings,
  signal: AbortSignal,
  seen: { readonly begun: boolean; readonly partial: string },
): unknown {
  if (signal.aborted) return cancelled(model)
  const known = isSpellError(error) && !error.code.startsWith('HTTP_')
  const whole = known ? error : ofTransport(error, model, seen.begun)
  if (!isSpellError(whole) || whole.code !== 'PROVIDER_FAILED' || seen.partial === '') return whole
  const { code, message, hint, cause } = whole
  const details = { ...(whole.details as object), partial: seen.partial }
  return new SpellError(code, message, { hint, details, cause })
}

function ofTransport(error: unknown, model: ModelSettings, begun: boolean): SpellError {
  const silent = isSpellError(error) && error.code === 'HTTP_TIMEOUT'
  if (silent) return failed(model.provider, 'timeout', 'it was silent for too long', {}, error)
  if (begun) return cutOff(model, error)
  return failed(model.provider, 'network', 'it cannot be reached', {}, error)
}

export function cancelled({ provider, model }: ModelSettings): SpellError {
  return new SpellError('CANCELLED', `The call of model '${provider}/${model}' was cancelled.`)
}

function failed(
  provider: string,
  kind: FailureKind,
  what: string,
  more: Partial<ProviderFailure> = {},
  cause?: unknown,
): SpellError {
  return new SpellError('PROVIDER_FAILED', `Provider '${provider}' failed: ${what}.`, {
    hint: HINTS[kind],
    details: { provider, kind, retryable: isPassing(kind), ...more },
    ...(cause === undefined ? {} : { cause }),
  })
}
