import { isSpellError, SpellError } from '@llmspell/sdk'
import type {
  FailureKind,
  LanguageModelRules,
  ModelSettings,
  ProviderFailure,
  Value,
} from '@llmspell/sdk'
import { tooLarge } from './caps.ts'
import { isBroken, isSilent } from './broken.ts'
import { HINTS, PASSING, SIGNS } from './kinds.ts'
import type { Sign } from './kinds.ts'
import { addressOf } from './line.ts'
import { MOST, toldBy } from './told.ts'
import type { Foreign, Told } from './told.ts'

/**
 * A failed call in our words: its kind, what the server said, how long it wants us to wait, whether to try again.
 * @param partial text that came before
 */
export function failureOf(
  error: unknown,
  model: ModelSettings,
  rules: LanguageModelRules,
  partial = '',
): SpellError {
  const ours = ownError(error)
  if (ours?.code === 'HTTP_TOO_LARGE') return tooLarge(model.provider, 'answer')
  if (ours && !OF_THE_WIRE.test(ours.code)) return ours
  const foreign = (
    typeof error === 'object' && error !== null ? error : { message: String(error) }
  ) as Foreign
  if (foreign.name === 'AI_UnsupportedFunctionalityError') return unsupported(foreign, model)
  const told = toldBy(foreign)
  const sign = signOf(foreign, told, partial)
  return new SpellError('PROVIDER_FAILED', textOf(foreign, told, sign.kind, model), {
    hint: hintOf(sign.kind, model, addressOf({ model, rules })),
    details: detailsOf(told, sign, model, partial) as unknown as Value,
    cause: error,
  })
}

/** What the client says of connections and bodies; here it is a failure of the provider. */
const OF_THE_WIRE = /^HTTP_(?:FAILED|TIMEOUT|CODING)$/

/** What our fetch throws comes back wrapped by the SDK. */
function ownError(error: unknown, depth = 0): SpellError | undefined {
  if (isSpellError(error)) return error
  if (typeof error !== 'object' || error === null || depth > 8) return undefined
  return ownError((error as Foreign).cause, depth + 1)
}

/** The answer ended without its end. */
export function cutOff(model: ModelSettings, partial: string): SpellError {
  const text = `Provider '${model.provider}' broke off: expected the end of the answer, found the end of the stream.`
  const details = detailsOf(
    { words: '', refused: false },
    { kind: 'cut' },
    model,
    partial,
  ) as unknown as Value
  return new SpellError('PROVIDER_FAILED', text, { hint: HINTS.cut, details })
}

export function cancelled(model: ModelSettings): SpellError {
  const id = `${model.provider}/${model.model}`
  return new SpellError('CANCELLED', `The call of model '${id}' was cancelled.`, {
    details: { model: id },
  })
}

function detailsOf(
  { status, code, requestId, waitMs }: Told,
  { kind, retryable = PASSING.has(kind) }: Sign,
  { provider }: ModelSettings,
  partial: string,
): ProviderFailure {
  return {
    provider,
    kind,
    retryable,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { provider_code: code }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(waitMs === undefined ? {} : { retry_after_ms: waitMs }),
    ...(partial ? { partial } : {}),
  }
}

function signOf(error: Foreign, told: Told, partial: string): Sign {
  if (isSilent(error)) return { kind: 'timeout' }
  const { status } = told
  if (isBroken(error)) return { kind: (status ?? 300) >= 300 && partial === '' ? 'network' : 'cut' }
  const text = `${told.message ?? ''} ${(error.message ?? '').slice(0, MOST)}`
  const found = SIGNS.find((sign) => fits(sign, told, text))
  if (found) return found
  if (status === undefined || status < 300) return { kind: told.refused ? 'server' : 'malformed' }
  return { kind: status >= 500 ? 'server' : 'request' }
}

function fits({ status, code, text }: Sign, told: Told, message: string): boolean {
  return (
    (status === undefined || status.includes(told.status ?? 0)) &&
    (code === undefined || told.words.split(' ').some((word) => code.test(word))) &&
    (text === undefined || text.test(message))
  )
}

function textOf(error: Foreign, told: Told, kind: FailureKind, model: ModelSettings): string {
  const said = told.message ?? (error.message ?? '').slice(0, MOST).toWellFormed()
  const message = (said || 'it says no more').replace(/[.\s]*$/, '')
  const who = `Provider '${model.provider}'`
  if (kind === 'network') return `${who} cannot be reached: ${innermost(error)}.`
  if (kind === 'cut') return `${who} broke off: ${innermost(error)}.`
  if (kind === 'timeout' && told.status === undefined)
    return `${who} is silent: ${innermost(error)}.`
  if (kind === 'malformed') return `${who} gave an answer that cannot be read: ${message}.`
  return told.status === undefined
    ? `${who} failed: ${message}.`
    : `${who} failed with status ${told.status}: ${message}.`
}

function innermost(error: Foreign): string {
  let at: Foreign = error
  for (let depth = 0; depth < 8 && at.cause instanceof Error; depth++) at = at.cause as Foreign
  const said = at.message || String(at.code)
  return said
    .slice(0, MOST)
    .toWellFormed()
    .replace(/[.\s]*$/, '')
}

function hintOf(kind: FailureKind, { provider, model }: ModelSettings, url: string): string {
  return HINTS[kind].replace('{model}', `${provider}/${model}`).replace('{url}', url)
}

function unsupported(error: Foreign, model: ModelSettings): SpellError {
  const id = `${model.provider}/${model.model}`
  const text = `Model '${id}' does not take this request: ${(error.message ?? 'it is not supported').slice(0, MOST)}`
  return new SpellError('MODEL_LACKS_CAPABILITY', text, {
    hint: 'Send another kind of media, or choose another model.',
    details: { model: id },
  })
}
