import { isSpellError, SpellError } from '@llmspell/sdk'
import type { ModelSettings, Value } from '@llmspell/sdk'
import { tooLarge } from './caps.ts'
import { OPENAI } from './settings.ts'

/** What the errors of the AI SDK and of Node's fetch have in common with what is looked for. */
interface Foreign {
  readonly name?: string
  readonly message?: string
  readonly code?: string | number | null
  readonly cause?: unknown
  readonly statusCode?: number
  readonly isRetryable?: boolean
  readonly responseHeaders?: Readonly<Record<string, string>>
  readonly responseBody?: string
  readonly url?: string
}

const BROKEN =
  /^(?:HTTP_FAILED|HTTP_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|UND_ERR_)/

/**
 * A failed call in our words: status, what the server said, how long it wants us to wait, whether to try again.
 * @param partial text that came before
 */
export function failureOf(error: unknown, model: ModelSettings, partial = ''): SpellError {
  const ours = ownError(error)
  if (ours?.code === 'HTTP_TOO_LARGE') return tooLarge(model.provider, 'answer')
  if (ours && !OF_THE_WIRE.test(ours.code)) return ours
  const foreign = (
    typeof error === 'object' && error !== null ? error : { message: String(error) }
  ) as Foreign
  if (foreign.name === 'AI_UnsupportedFunctionalityError') return unsupported(foreign, model)
  const facts = factsOf(foreign, partial)
  const details = { provider: model.provider, ...facts, ...(partial ? { partial } : {}) } as Value
  return new SpellError('PROVIDER_FAILED', textOf(foreign, facts, model), {
    hint: hintOf(facts, model),
    details,
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
  const details = { provider: model.provider, reason: 'cut', retryable: true, partial }
  return new SpellError('PROVIDER_FAILED', text, { hint: 'Ask again.', details })
}

export function cancelled(model: ModelSettings): SpellError {
  const id = `${model.provider}/${model.model}`
  return new SpellError('CANCELLED', `The call of model '${id}' was cancelled.`, {
    details: { model: id },
  })
}

interface Facts {
  readonly status?: number
  readonly retryable: boolean
  readonly retry_after_ms?: number
  readonly request_id?: string
  readonly reason?: 'network' | 'cut' | 'malformed' | 'quota'
}

function factsOf(error: Foreign, partial: string): Facts {
  const headers = error.responseHeaders ?? {}
  const status = error.statusCode
  const reason = reasonOf(error, status, partial)
  const wait = retryAfter(headers)
  const requestId = headers['x-request-id']
  return {
    ...(status === undefined ? {} : { status }),
    retryable:
      reason === undefined ? isRetryable(status) : reason === 'network' || reason === 'cut',
    ...(wait === undefined ? {} : { retry_after_ms: wait }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function isRetryable(status: number | undefined): boolean {
  return (
    status === 408 || status === 409 || status === 429 || (status !== undefined && status >= 500)
  )
}

function reasonOf(error: Foreign, status: number | undefined, partial: string): Facts['reason'] {
  if (`${error.code} ${error.responseBody}`.includes('insufficient_quota')) return 'quota'
  if (isBroken(error)) return (status ?? 300) >= 300 && partial === '' ? 'network' : 'cut'
  return status === undefined || status < 300 ? 'malformed' : undefined
}

/** A connection that was refused or lost, wherever in the chain of causes it says so. */
function isBroken(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 8) return false
  const { code, cause, message } = error as Foreign
  return (
    BROKEN.test(String(code)) ||
    /^terminated$|^fetch failed$|^Cannot connect/.test(message ?? '') ||
    isBroken(cause, depth + 1)
  )
}

/** Both headers that servers use: milliseconds, then seconds or a date. */
function retryAfter(
  headers: Readonly<Record<string, string>>,
  now = Date.now(),
): number | undefined {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(ms)) return Math.max(0, Math.round(ms))
  const text = headers['retry-after']
  if (text === undefined) return undefined
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(wait) ? Math.max(0, Math.round(wait)) : undefined
}

function textOf(error: Foreign, { status, reason }: Facts, model: ModelSettings): string {
  const message = (error.message || 'it says no more').replace(/[.\s]*$/, '')
  const who = `Provider '${model.provider}'`
  if (reason === 'network') return `${who} cannot be reached: ${innermost(error)}.`
  if (reason === 'cut') return `${who} broke off: ${innermost(error)}.`
  if (reason === 'malformed') return `${who} gave an answer that cannot be read: ${message}.`
  return `${who} failed with status ${status}: ${message}.`
}

function innermost(error: Foreign): string {
  let at: Foreign = error
  for (let depth = 0; depth < 8 && at.cause instanceof Error; depth++) at = at.cause as Foreign
  return (at.message || String(at.code)).replace(/[.\s]*$/, '')
}

function hintOf({ status, reason }: Facts, model: ModelSettings): string {
  const id = `${model.provider}/${model.model}`
  switch (reason) {
    case 'quota':
      return 'Check the plan and the billing of the account that the key belongs to.'
    case 'network':
      return `Check that the server at '${model.baseUrl ?? OPENAI}' runs.`
    case 'malformed':
      return "Check the base URL, and try settings.api = 'chat' or 'responses'."
    case 'cut':
      return 'Ask again.'
    default:
      return hintOfStatus(status, id)
  }
}

function hintOfStatus(status = 0, id: string): string {
  if (status === 401 || status === 403) {
    return `Check the key: it is missing, wrong, or may not use '${id}'.`
  }
  if (status === 404) return `Check the name of the model '${id}' and the base URL.`
  if (status === 429) return 'Wait, or choose another model.'
  return status >= 500 ? 'Ask again later.' : 'Change what the server objects to.'
}

function unsupported(error: Foreign, model: ModelSettings): SpellError {
  const id = `${model.provider}/${model.model}`
  const text = `Model '${id}' does not take this request: ${error.message ?? 'it is not supported'}`
  return new SpellError('MODEL_LACKS_CAPABILITY', text, {
    hint: 'Send another kind of media, or choose another model.',
    details: { model: id },
  })
}
