import { fromErrorRecord, now, sleep, SpellError } from '@llmspell/sdk'
import type { CallContext, LiveModel, ModelCallOptions, TapedModel } from '@llmspell/sdk'
import type { TapedRequest, TapedResponse } from './cassette.ts'
import { liveChunk, tapedChunk } from './chunks.ts'
import type { Slot } from './deck.ts'
import { tapedFailure } from './failure.ts'
import type { JsonTable } from './json.ts'
import type { Reel } from './reel.ts'
import { tapedRequest } from './request.ts'
import type { Asked, Volatile } from './request.ts'
import { SecretScan } from './secrets.ts'

/** How long a replayed answer that somebody left waits to be left again, in ms. */
const LEFT_MS = 60_000
/** Times of chunks are rounded to so many ms. */
const TICK_MS = 10

/** Asks the provider itself. */
export type Real = (live: LiveModel, options: ModelCallOptions) => AsyncIterable<object>

/** Calls of one model of one run: each is answered from the reel, or asked and kept. */
export class TapedCalls {
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

  /** What comes whole. */
  async whole<T>(
    asked: Asked,
    options: ModelCallOptions,
    real: (live: LiveModel, options: ModelCallOptions) => Promise<T>,
  ): Promise<T> {
    const wrapped: Real = async function* (live, own) {
      yield { value: await real(live, own) }
    }
    const [row] = await Array.fromAsync(this.answer(asked, options, wrapped))
    return (row as { readonly value: T }).value
  }

  /** From the reel, else from the provider and onto the reel. */
  async *answer(asked: Asked, options: ModelCallOptions, real: Real): AsyncGenerator<object> {
    const { deck, volatile } = this.#reel
    const own: Volatile = { pattern: this.#context.runId, as: '<run>' }
    const { attempt } = options
    const request = tapedRequest(
      this.#model,
      { ...asked, attempt },
      [...volatile, own],
      deck.sidecar,
    )
    const taped = deck.take(request)
    if (taped) return yield* this.#replay(request, taped, options.signal)
    const slot = deck.reserve(this.#model, request)
    this.#scan((scan) => scan.request(request, slot.place))
    yield* this.#record(slot, options, real)
  }

  async *#replay(
    request: TapedRequest,
    response: TapedResponse,
    signal: AbortSignal,
  ): AsyncGenerator<object> {
    const { chunks = [], at, failure, left } = response
    const started = now()
    for (const [i, chunk] of chunks.entries()) {
      const ms = this.#reel.paced && at ? (at[i] ?? 0) - (now() - started) : 0
      if (ms > 0) await sleep(ms, signal)
      if (signal.aborted) return
      yield await liveChunk(chunk, (file, hash) => this.#reel.file(file, hash))
    }
    if (failure) throw this.#reel.failed(request, fromErrorRecord(failure))
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
        if ((chunk as { readonly type?: string }).type === 'finish') settle(this.#came(chunks, at))
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
