import { kindOfStatus, isPassing, providerFailure, SpellError } from '@llmspell/sdk'
import type { FailureKind, ModelSettings, ProviderFailure, Value } from '@llmspell/sdk'
import { shownAddress } from './address.ts'

/** One next step for each kind. */
export const HINTS: Readonly<Record<FailureKind, string>> = {
  auth: 'Check the key: it is missing, wrong, or may not use this model.',
  quota: 'Check the plan and the billing of the account that the key belongs to.',
  rate: 'Wait, or name another model under fallback.',
  context: 'Send less of the conversation, or choose a model with a longer context.',
  safety: 'Change what the provider objects to in the question.',
  request: 'Change what the server objects to.',
  model: 'Check the name of the model and the base URL.',
  network: 'Check that the server runs and can be reached.',
  timeout: "Ask again, or raise 'timeouts' of the model.",
  server: 'Ask again later.',
  cut: 'Ask again.',
  malformed: 'Check that the base URL belongs to a server of this kind.',
}

/** What a provider may have left out: older ones say a reason in the place of a kind. */
type Given = Partial<ProviderFailure> & { readonly reason?: string }

/** The same failure with a kind and a hint, both from its status where the provider gave none; others as they are. */
export function withKind(error: SpellError, provider: string): SpellError {
  if (error.code !== 'PROVIDER_FAILED') return error
  const given = (error.details ?? {}) as Given
  const kind = given.kind ?? kindOf(given)
  const { reason: _, ...rest } = given
  const retryable = (given.retryable ?? isPassing(kind)) && isPassing(kind)
  const details = { provider, ...rest, kind, retryable } as unknown as Value
  const hint = given.kind === undefined ? HINTS[kind] : (error.hint ?? HINTS[kind])
  const { message, cause } = error
  return new SpellError(error.code, message, { hint, details, cause })
}

/** The same failure with what only the caller knows: where the key came from, which address was asked. */
export function located(
  error: SpellError,
  { baseUrl }: Pick<ModelSettings, 'baseUrl'>,
  keyFrom: string | undefined,
): SpellError {
  const failure = providerFailure(error)
  if (failure === undefined) return error
  const { code, message, details } = error
  const hint = locatedHint(error, failure, baseUrl, keyFrom) ?? error.hint
  // The message has the innermost cause already; what is around it says 'fetch failed'.
  const cause = failure.kind === 'network' ? {} : { cause: error.cause }
  return new SpellError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
    ...cause,
  })
}

const UNKNOWN_NAME = /its name (?:is not known|could not be looked up|has no address)/

function locatedHint(
  { message, hint = '' }: SpellError,
  { kind, status }: ProviderFailure,
  baseUrl: string | undefined,
  keyFrom: string | undefined,
): string | undefined {
  if (kind === 'auth' && keyFrom !== undefined)
    return `${(hint || HINTS.auth).replace(/\.$/, '')}. It came from ${keyFrom}.`
  if (kind === 'network' && UNKNOWN_NAME.test(message))
    return 'Check your network, your proxy, or the name in the address.'
  const isBare = baseUrl !== undefined && !/\/v\d/.test(baseUrl)
  if (status === 404 && isBare && /the base URL\.?$/.test(hint))
    return `${hint.replace(/\.$/, '')}: '${shownAddress(baseUrl)}' was asked, and many end in /v1.`
  return undefined
}

const REASONS: ReadonlySet<string> = new Set(Object.keys(HINTS))

function kindOf({ reason, status }: Given): FailureKind {
  if (reason !== undefined && REASONS.has(reason)) return reason as FailureKind
  return status === undefined || status < 400 ? 'malformed' : kindOfStatus(status)
}

/** PROVIDER_FAILED of one of our own rules. */
export function lineFailed(
  message: string,
  failure: ProviderFailure & { readonly limit?: number },
  hint = HINTS[failure.kind],
): SpellError {
  return new SpellError('PROVIDER_FAILED', message, { hint, details: failure as unknown as Value })
}

/** Its kind, where it is one of a provider. */
export function kindIn(error: unknown): FailureKind | undefined {
  return providerFailure(error)?.kind
}
