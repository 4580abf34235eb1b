import { fromErrorRecord, now, sleep, SpellError } from '@llmspell/sdk'
import type {
  CallContext,
  LiveModel,
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  ModelSettings,
  Provider,
  TapedModel,
  Value,
} from '@llmspell/sdk'
import type { TapedResponse } from './cassette.ts'
import { liveChunk, tapedChunk } from './chunks.ts'
import type { Slot } from './deck.ts'
import { tapedFailure } from './failure.ts'
import type { JsonTable } from './json.ts'
import { tapedRequest } from './request.ts'
import type { Asked, Volatile } from './request.ts'
import { SecretScan } from './secrets.ts'
import type { Reel } from './reel.ts'

/** How long a replayed answer that somebody left waits to be left again, in ms. */
const LEFT_MS = 60_000
/** Times of chunks are rounded to so many ms. */
const TICK_MS = 10

type Real = (live: LiveModel, options: ModelCallOptions) => AsyncIterable<object>

/** One model of one run behind a reel: each verb is answered from it, or asked and kept. */
export class TapedProvider implements Provider {
  readonly #reel: Reel
  readonly #model: TapedModel
  readonly #live: () => Promise<LiveModel>
  readonly #context: CallContext

  constructor(reel: Reel, model: TapedModel, live: () => Promise<LiveModel>, context: CallContext) {
    this.#reel = reel
    this.#model = model
    this.#live = live
    this.#context = context
  }

  async generate(
    _: ModelSettings,
    request: ModelRequest,
    options: ModelCallOptions,
  ): Promise<readonly ModelChunk[]> {
    const real: Real = async function* ({ provider, settings }, own) {
      yield* await provider.generate(settings, request, own)
    }
    const chunks = this.#answer({ call: 'generate', request }, options, real)
    return (await Array.fromAsync(chunks)) as readonly ModelChunk[]
  }

  stream(
    _: ModelSettings,
    request: ModelRequest,
    options: ModelCallOptions,
  ): AsyncIterable<ModelChunk> {
    const real: Real = ({ provider, settings }, own) => provider.stream(settings, request, own)
    return this.#answer({ call: 'stream', request }, options, real) as AsyncIterable<ModelChunk>
  }

  async embed(
    _: ModelSettings,
    texts: readonly string[],
    options: ModelCallOptions,
  ): ReturnType<NonNullable<Provider['embed']>> {
    const real: Real = async function* ({ provider, settings }, own) {
      if (!provider.embed) throw lacks(settings.provider, 'embed')
      yield await provider.embed(settings, texts, own)
    }
    return this.#whole({ call: 'embed', texts }, options, real)
  }

  async models(
    _: ModelSettings,
    options: ModelCallOptions,
  ): ReturnType<NonNullable<Provider['models']>> {
    const real: Real = async function* ({ provider, settings }, own) {
      if (!provider.models) throw lacks(settings.provider, 'models')
      yield { models: await provider.models(settings, own) }
    }
    const { models } = await this.#whole<{ models: never }>({ call: 'models' }, options, real)
    return models
  }

  pull(_: ModelSettings, options: ModelCallOptions): ReturnType<NonNullable<Provider['pull']>> {
    const real: Real = ({ provider, settings }, own) => {
      if (!provider.pull) throw lacks(settings.provider, 'pull')
      return provider.pull(settings, own)
    }
    return this.#answer({ call: 'pull' }, options, real) as never
  }

  async #whole<T>(asked: Asked, options: ModelCallOptions, real: Real): Promise<T> {
    const [value] = await Array.fromAsync(this.#answer(asked, options, real))
    return value as T
  }

  async *#answer(asked: Asked, options: ModelCallOptions, real: Real): AsyncGenerator<object> {
    const { deck, volatile } = this.#reel
    const own: Volatile = { pattern: this.#context.runId, as: '<run>' }
    const request = tapedRequest(this.#model, asked, [...volatile, own], deck.sidecar)
    const taped = deck.take(request)
    if (taped) return yield* this.#replay(taped, options.signal)
    const slot = deck.reserve(this.#model, request)
    this.#scan((scan) => scan.request(request, slot.place))
    yield* this.#record(slot, options, real)
  }

  async *#replay(response: TapedResponse, signal: AbortSignal): AsyncGenerator<object> {
    const { chunks = [], at, failure, left } = response
    const started = now()
    for (const [i, chunk] of chunks.entries()) {
      const ms = this.#reel.paced && at ? (at[i] ?? 0) - (now() - started) : 0
      if (ms > 0) await sleep(ms, signal)
      if (signal.aborted) return
      yield await liveChunk(chunk, (file, hash) => this.#reel.file(file, hash))
    }
    if (failure) throw fromErrorRecord(failure)
    if (left) await this.#beLeft(signal)
  }

  /** Nobody knows how the answer goes on: it is left where it was left. */
  async #beLeft(signal: AbortSignal): Promise<void> {
    await sleep(LEFT_MS, signal)
    if (signal.aborted) return
    throw new SpellError(
      'REPLAY_MISMATCH',
      `Cassette '${this.#reel.name}': an answer was left here when it was recorded, and is read on now.`,
      {
        hint: 'Record the cassette again.',
        details: { cassette: this.#reel.name },
      },
    )
  }

  async *#record(slot: Slot, options: ModelCallOptions, real: Real): AsyncGenerator<object> {
    const chunks: JsonTable[] = []
    const at: number[] = []
    const started = now()
    let key: string | undefined
    slot.partial = () => ({ ...this.#came(chunks, at), left: true })
    const settle = (response: TapedResponse): void => {
      this.#scan((scan) => scan.response(response, slot.place))
      slot.response = response
    }
    try {
      const live = await this.#live()
      key = live.settings.apiKey
      for await (const chunk of real(live, { ...options, access: live.access })) {
        chunks.push(tapedChunk(chunk, this.#reel.deck.sidecar))
        at.push(Math.round((now() - started) / TICK_MS) * TICK_MS)
        // Before it is handed on: whoever reads stops at this one.
        if ((chunk as Value & { type?: string }).type === 'finish') settle(this.#came(chunks, at))
        yield chunk
      }
    } catch (error) {
      if (!slot.response && !options.signal.aborted && !this.#reel.broken)
        settle({
          ...this.#came(chunks, at),
          failure: tapedFailure(error, this.#model.provider, key),
        })
      throw error
    }
    if (!slot.response) settle(this.#came(chunks, at))
  }

  #came(chunks: readonly JsonTable[], at: readonly number[]): TapedResponse {
    const copy = { chunks: [...chunks] }
    return this.#reel.paced && chunks.length > 0 ? { ...copy, at: [...at] } : copy
  }

  /** What may not be written ends the recording, and the call. */
  #scan(look: (scan: SecretScan) => void): void {
    this.#reel.guard(() => look(new SecretScan(this.#context)))
    this.#reel.seen(this.#context)
  }
}

function lacks(provider: string, verb: string): SpellError {
  return new SpellError('PROVIDER_FAILED', `Provider '${provider}' has no '${verb}'.`, {
    hint: 'Ask another provider.',
    details: { provider, kind: 'request', retryable: false },
  })
}
