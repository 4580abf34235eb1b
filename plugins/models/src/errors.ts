import { didYouMean, fromErrorRecord, isSpellError, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'

const list = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.map((name) => `'${name}'`).join(', ')

export function modelInvalid(expected: string, found: string, hint?: string): SpellError {
  return new SpellError(
    'MODEL_INVALID',
    `A model is not valid: expected ${expected}, found ${found}.`,
    {
      hint: hint ?? "Write it as 'provider/model', for example 'mock/demo'.",
    },
  )
}

export function modelUnknown(name: string, known: readonly string[]): SpellError {
  const expected = "expected 'provider/model', an alias, or a model that one provider lists"
  return new SpellError('MODEL_UNKNOWN', `Model '${name}' is not known: ${expected}.`, {
    hint: didYouMean(name, known, "Write 'provider/model'; Provider.models() lists what is known."),
    details: { model: name, known },
  })
}

export function modelAmbiguous(name: string, providers: readonly string[]): SpellError {
  const ids = providers.map((provider) => `${provider}/${name}`)
  const found = `it is listed by ${list(providers)}`
  return new SpellError(
    'MODEL_UNKNOWN',
    `Model '${name}' is not one model: expected one provider, but ${found}.`,
    {
      hint: `Say which one: ${list(ids)}.`,
      details: { model: name, known: ids },
    },
  )
}

export function providerUnknown(name: string, known: readonly string[]): SpellError {
  const expected = `expected one of ${list(known)}`
  return new SpellError('PROVIDER_UNKNOWN', `Provider '${name}' is not installed: ${expected}.`, {
    hint: didYouMean(
      name,
      known,
      `Install a plugin that brings it, or name it in the configuration under 'plugins.models.providers'.`,
    ),
    details: { provider: name, known },
  })
}

export function providerUnavailable(name: string, reason: string): SpellError {
  return new SpellError('PROVIDER_UNAVAILABLE', `Provider '${name}' is not available: ${reason}.`, {
    hint: `Change 'plugins.models.providers.${name}', in a file of your own named with --config where the project may not.`,
    details: { provider: name },
  })
}

/** @param byScript the script itself names the model, which no flag overrides */
export function keyMissing(
  model: string,
  provider: string,
  variable: string,
  byScript = false,
): SpellError {
  const mock = byScript ? "name 'mock/demo' in the script" : "use '--model mock/demo'"
  return new SpellError(
    'PROVIDER_KEY_MISSING',
    `Provider '${provider}' has no key: expected one in the environment variable '${variable}', found nothing.`,
    {
      hint: `Set ${variable} or write it into .env, or use a kept key as api_key = 'secret:NAME'; llmspell model info ${model} says where it is looked for. Or ${mock}, which works offline.`,
      details: { provider, variable },
    },
  )
}

/** PROVIDER_FAILED for what a provider raised that is no error of llmspell. */
export function providerFailed(provider: string, cause: unknown): SpellError {
  const found = cause instanceof Error ? cause.message : String(cause)
  return new SpellError('PROVIDER_FAILED', `Provider '${provider}' failed: ${found}`, {
    hint: 'Look at the cause; the plugin of the provider did not expect it.',
    details: { provider, kind: 'malformed', retryable: false },
    cause,
  })
}

/** PROVIDER_FAILED for a stream that ended before its last chunk. */
export function streamCut(provider: string, partial: string): SpellError {
  return new SpellError(
    'PROVIDER_FAILED',
    `Provider '${provider}' broke off: expected an end of the answer, found the end of the stream.`,
    { hint: 'Ask again.', details: { provider, kind: 'cut', retryable: true, partial } },
  )
}

/** PROVIDER_FAILED for an answer that no result could carry. */
export function answerTooLong(provider: string, limit: number): SpellError {
  const text = `Provider '${provider}' gave too long an answer: expected at most ${limit / 1024} KiB, found more.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: 'Lower max_tokens, or ask for the answer in parts.',
    details: { provider, kind: 'malformed', retryable: false, limit },
  })
}

/** The last error of several attempts. */
export function afterAttempts(error: SpellError, attempts: number): SpellError {
  if (attempts < 2) return error
  const record = toErrorRecord(error)
  const message = `${record.message.replace(/\.$/, '')}; ${attempts} attempts were made.`
  return fromErrorRecord({ ...record, message })
}

/** What an aborted call raises: the reason when it is one of ours (such as TIMEOUT), else CANCELLED. */
export function cancelled(model: string, signal: AbortSignal): SpellError {
  const reason: unknown = signal.reason
  if (isSpellError(reason)) return reason
  return new SpellError('CANCELLED', `The call of model '${model}' was cancelled.`, {
    details: { model },
  })
}

/** The error with every occurrence of a secret hidden, so that no key reaches a log, a journal or a script. */
export function masked(error: SpellError, secret: string | undefined): SpellError {
  if (!secret || secret.length < 4) return error
  const text = JSON.stringify(toErrorRecord(error))
  const inside = JSON.stringify(secret).slice(1, -1)
  if (!text.includes(inside)) return error
  return fromErrorRecord(JSON.parse(text.replaceAll(inside, '***')) as ErrorRecord)
}
