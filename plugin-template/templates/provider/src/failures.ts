import { isPassing, isSpellError, kindOfStatus, SpellError } from '@llmspell/sdk'
import type { FailureKind, HttpResponse, ModelSettings, ProviderFailure } from '@llmspell/sdk'

const HINTS: Readonly<Partial<Record<FailureKind, string>>> = {
  auth: 'Look at the key in MY_PLUGIN_KEY.',
  rate: 'Wait, and ask again.',
  context: 'Send less.',
  model: 'Look at the name of the model.',
  network: 'See that the server runs.',
  server: 'Ask again.',
  cut: 'Ask again.',
  timeout: 'Ask again.',
  malformed: 'Look at the base URL in MY_PLUGIN_URL.',
}

/** Any error of a call in the words of the contract. */
export function failureOf(
  error: unknown,
  model: ModelSettings,
  signal: AbortSignal,
  begun: boolean,
): unknown {
  if (signal.aborted) return cancelled(model)
  const code = isSpellError(error) ? error.code : undefined
  if (code !== undefined && !code.startsWith('HTTP_')) return error
  if (code === 'HTTP_TIMEOUT')
    return failed(model, 'timeout', 'it was silent for too long', {}, error)
  if (begun) return cutOff(model, '', error)
  return failed(model, 'network', 'it cannot be reached', {}, error)
}

/** An answer with a status that is no success. */
export async function refused(response: HttpResponse, model: ModelSettings): Promise<SpellError> {
  const { status, headers } = response
  const text = (await response.text()).slice(0, 200).replaceAll(/\s+/g, ' ')
  const wait = Number(headers['retry-after'] ?? 'none')
  const retry = Number.isNaN(wait) ? {} : { retry_after_ms: Math.max(0, wait * 1000) }
  return failed(model, kindOfStatus(status), `status ${status}: ${text}`, { status, ...retry })
}

export function malformed(model: ModelSettings, found: string): SpellError {
  const text = `expected lines of JSON, found '${found.slice(0, 80).toWellFormed()}'`
  return failed(model, 'malformed', text)
}

/** The answer ended before its last line. */
export function cutOff(model: ModelSettings, partial = '', cause?: unknown): SpellError {
  return failed(model, 'cut', 'its answer broke off', { partial }, cause)
}

/** The same failure with the text that came before it. */
export function withPartial(error: unknown, partial: string): unknown {
  if (!isSpellError(error) || error.code !== 'PROVIDER_FAILED' || partial === '') return error
  const { code, message, hint, cause } = error
  const details = { ...(error.details as object), partial }
  return new SpellError(code, message, { hint, details, cause })
}

export function cancelled({ provider, model }: ModelSettings): SpellError {
  return new SpellError('CANCELLED', `The call of model '${provider}/${model}' was cancelled.`)
}

function failed(
  { provider }: ModelSettings,
  kind: FailureKind,
  what: string,
  more: Partial<ProviderFailure> = {},
  cause?: unknown,
): SpellError {
  return new SpellError('PROVIDER_FAILED', `Provider '${provider}' failed: ${what}.`, {
    hint: HINTS[kind] ?? 'Change the request as the text says.',
    details: { provider, kind, retryable: isPassing(kind), ...more },
    ...(cause === undefined ? {} : { cause }),
  })
}
