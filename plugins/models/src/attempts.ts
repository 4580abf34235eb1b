import { isSpellError, sleep } from '@llmspell/sdk'
import type {
  Access,
  CallContext,
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  ModelSettings,
  Provider,
  SpellError,
} from '@llmspell/sdk'
import { afterAttempts, cancelled, masked, providerFailed, streamCut } from './errors.ts'
import { kindIn, located, withKind } from './failures.ts'
import { Gate } from './gate.ts'
import type { Hub } from './hub.ts'
import { retryDelay, retryText } from './retry.ts'
import { Pulse, watched } from './timeouts.ts'
import type { Timeouts, Watch } from './timeouts.ts'

/** One question on its way to one provider. */
export interface Question {
  readonly provider: Provider
  readonly settings: ModelSettings
  readonly access: Access
  /** Where the key came from, for texts. */
  readonly keyFrom: string | undefined
  /** `provider/model`. */
  readonly id: string
  readonly request: ModelRequest
  readonly streaming: boolean
  readonly signal: AbortSignal
  readonly timeouts: Timeouts
  /** False where a tape has the answer: no server is behind it. */
  readonly live: boolean
  readonly context: CallContext
}

/** Counts attempts while they are made, so that a failure knows them too. */
export interface Tally {
  attempts: number
}

/**
 * The provider's chunks, asked for again after a failure that may pass, as long as none has been handed on.
 * Ends with `finish`.
 * @throws PROVIDER_FAILED, PROVIDER_KEY_MISSING, CANCELLED; keys are masked in it
 */
export async function* attempts(
  hub: Hub,
  question: Question,
  tally: Tally,
): AsyncGenerator<ModelChunk> {
  const { settings, live } = question
  const breaker = live ? hub.line.breaker(settings) : undefined
  const allowance = hub.line.allowance(settings)
  if (live) allowance.call()
  for (;;) {
    tally.attempts += 1
    const outcome = breaker?.enter()
    let handed = false
    try {
      for await (const chunk of oneAttempt(hub, question, tally.attempts)) {
        outcome?.()
        handed = true
        yield chunk
      }
      return
    } catch (error) {
      const failure = refined(error, question)
      outcome?.(kindIn(failure) ?? 'none')
      const ms = handed
        ? undefined
        : retryDelay(failure, tally.attempts, hub.config.retry, hub.random)
      const mayRetry = () =>
        live
          ? breaker?.wait === undefined && allowance.retry()
          : hub.recorder?.of(question.context)?.isLast(error) !== true
      const again = ms !== undefined && mayRetry()
      if (!again) throw handed ? failure : told(failure, tally)
      await waitForNext(hub, question, failure, ms, tally)
    } finally {
      outcome?.('none')
    }
  }
}

/** The end of the run says how it ended, not how often it was tried. */
function told(failure: SpellError, { attempts: made }: Tally): SpellError {
  return failure.code === 'PROVIDER_FAILED' ? afterAttempts(failure, made) : failure
}

async function waitForNext(
  hub: Hub,
  { context, id, signal }: Question,
  failure: SpellError,
  ms: number,
  { attempts: attempt }: Tally,
): Promise<void> {
  const text = retryText(failure, ms, attempt, hub.config.retry)
  context.progress({ who: `model '${id}'`, state: 'active', text })
  await sleep(hub.recorder?.of(context)?.instant ? 0 : ms, signal)
  if (signal.aborted) throw cancelled(id, signal)
}

async function* oneAttempt(
  hub: Hub,
  question: Question,
  attempt: number,
): AsyncGenerator<ModelChunk> {
  const { id, settings } = question
  const controller = new AbortController()
  const signal = AbortSignal.any([question.signal, controller.signal])
  const gate = new Gate(settings.provider)
  const pulse = new Pulse()
  const watch = { signal, cancelled: () => cancelled(id, signal), pulse, ...silence(question) }
  const chunks = watched(source(hub, question, { signal, attempt, alive: pulse.alive }), watch)
  try {
    for await (const chunk of chunks) {
      yield* gate.pass(chunk)
      if (chunk.type === 'finish') return
    }
    throw streamCut(settings.provider, gate.text)
  } finally {
    // A provider that hangs is let go of.
    controller.abort()
  }
}

function silence({ settings, streaming, timeouts }: Question) {
  const first: Watch['first'] = streaming ? 'first' : 'whole'
  return { provider: settings.provider, first, timeouts }
}

function source(
  hub: Hub,
  question: Question,
  attempt: Pick<ModelCallOptions, 'signal' | 'attempt' | 'alive'>,
): AsyncIterable<ModelChunk> {
  const { provider, settings, request, streaming, access } = question
  const options = { ...attempt, logger: hub.logger, access }
  return streaming ? provider.stream(settings, request, options) : whole(question, options)
}

async function* whole(
  { provider, settings, request }: Question,
  options: Parameters<Provider['generate']>[2],
): AsyncGenerator<ModelChunk> {
  const chunks = await provider.generate(settings, request, options)
  // Before any is handed on, so that an answer without an end can be asked for again.
  if (!chunks.some(({ type }) => type === 'finish')) throw streamCut(settings.provider, '')
  yield* chunks
}

function refined(error: unknown, { id, settings, signal, keyFrom }: Question): SpellError {
  if (signal.aborted) return cancelled(id, signal)
  const known = isSpellError(error) ? error : providerFailed(settings.provider, error)
  const told = located(withKind(known, settings.provider), settings, keyFrom)
  return masked(told, settings.apiKey)
}
