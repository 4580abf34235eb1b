import { isPassing, isSpellError, kindOfStatus, SpellError } from '@llmspell/sdk'
import type {
  FailureKind,
  HttpResponse,
  ModelCallOptions,
  ModelSettings,
  ProviderFailure,
} from '@llmspell/sdk'
import { hintOf } from './hints.ts'

/** Most characters of what a server says. */
const MOST = 2000

type Facts = Omit<ProviderFailure, 'provider'>

/** What a server says no with, before it is put into our words. */
interface Refusal {
  readonly status?: number
  readonly message: string
  readonly retryAfterMs?: number
}

/** One call, as far as its failures need it. */
interface Call {
  readonly model: ModelSettings
  readonly options: ModelCallOptions
}

/** Any error of a call in our words. `lost`: what a lost connection is, by what came before. */
export function failureOf(
  error: unknown,
  { model, options }: Call,
  lost: 'network' | 'cut' = 'network',
): SpellError {
  if (options.signal.aborted) return cancelled(model)
  if (!isSpellError(error))
    return failed(model, { kind: lost, retryable: true }, String(error), error)
  if (error.code === 'HTTP_FAILED')
    return lost === 'cut'
      ? cutOff(model, '', error)
      : failed(model, { kind: 'network', retryable: true }, error.message, error)
  if (error.code === 'HTTP_TIMEOUT')
    return failed(model, { kind: 'timeout', retryable: true }, error.message, error)
  if (/^HTTP_(?:TOO_LARGE|CODING|CHARSET)$/.test(error.code))
    return failed(model, { kind: 'malformed', retryable: false }, error.message, error)
  return error
}

/** The same failure with the text that came before it. */
export function afterText(error: SpellError, partial: string): SpellError {
  if (error.code !== 'PROVIDER_FAILED' || partial === '') return error
  const { code, message, hint, cause } = error
  const details = { ...(error.details as object), partial }
  return new SpellError(code, message, { hint, details, cause })
}

/** An answer with a status that is no success. */
export function refused(response: HttpResponse, body: string, model: ModelSettings): SpellError {
  const wait = waitOf(response.headers['retry-after'])
  const retry = wait === undefined ? {} : { retryAfterMs: wait }
  return refusal(model, { status: response.status, message: messageOf(body), ...retry })
}

/** Seconds, or a date. */
function waitOf(text = ''): number | undefined {
  const seconds = text.trim() === '' ? NaN : Number(text)
  const ms = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined
}

/** What a server says no with, as an answer or as a line of one. */
export function refusal(
  model: ModelSettings,
  { status, message: whole, retryAfterMs }: Refusal,
): SpellError {
  const message = cut(whole)
  const kind = kindOf(status, message)
  const facts: Facts = {
    kind,
    retryable: isPassing(kind),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  }
  const said = message === '' ? 'it says no more' : message
  return failed(model, facts, status === undefined ? said : `status ${status}: ${said}`)
}

function kindOf(status: number | undefined, message: string): FailureKind {
  if (follows(message, /\bexceeds?\b/i, 'context') || /context length/i.test(message))
    return 'context'
  if (follows(message, /\bmodel\b/i, 'not found') || /file does not exist/i.test(message))
    return 'model'
  if (status === 429 && /usage limit/i.test(message)) return 'quota'
  return status === undefined ? 'server' : kindOfStatus(status)
}

/** True where the words stand somewhere after the first. */
function follows(message: string, first: RegExp, words: string): boolean {
  const at = message.search(first)
  return at >= 0 && message.toLowerCase().includes(words, at)
}

function messageOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { readonly error?: unknown }
    if (typeof error === 'string') return error
  } catch {
    // No answer of Ollama: its own words say more than ours.
  }
  return body.slice(0, 200).replaceAll(/\s+/g, ' ').trim().toWellFormed()
}

export function malformed(model: ModelSettings, expected: string, found: string): SpellError {
  const text = `its answer cannot be read: expected ${expected}, found ${found}`
  return failed(model, { kind: 'malformed', retryable: false }, text)
}

/** The answer ended without its end. */
export function cutOff({ provider }: ModelSettings, partial = '', cause?: Error): SpellError {
  const details = { provider, kind: 'cut', retryable: true, partial }
  const text = `Provider '${provider}' broke off: expected the end of the answer, found the end of the stream.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: 'Ask again.',
    details,
    ...(cause === undefined ? {} : { cause }),
  })
}

export function cancelled({ provider, model }: ModelSettings): SpellError {
  const id = `${provider}/${model}`
  return new SpellError('CANCELLED', `The call of model '${id}' was cancelled.`, {
    details: { model: id },
  })
}

/** Of what a server says no more is read: it may be as long as it likes. */
const cut = (text: string): string => text.slice(0, MOST).toWellFormed()

function failed(model: ModelSettings, facts: Facts, all: string, cause?: unknown): SpellError {
  const said = cut(all)
  const { provider } = model
  const verb = facts.kind === 'network' ? 'cannot be reached' : 'failed'
  return new SpellError(
    'PROVIDER_FAILED',
    `Provider '${provider}' ${verb}: ${said.replace(/[.\s]*$/, '')}.`,
    {
      hint: hintOf(facts.kind, said, model),
      details: { provider, ...facts },
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
