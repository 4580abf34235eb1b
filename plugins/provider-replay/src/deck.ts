import type { ModelItem, TapedModel, TapeMode } from '@llmspell/sdk'
import type { Sidecar } from './bytes.ts'
import { EMPTY } from './cassette.ts'
import type { Cassette, Interaction, TapedRequest, TapedResponse, Verb } from './cassette.ts'
import { mismatch } from './mismatch.ts'
import type { Numbered } from './mismatch.ts'
import { byContent, keyOf, titleOf } from './request.ts'

/** Room for an answer that is on its way. */
export interface Slot {
  readonly request: TapedRequest
  /** For texts: `interactions[3]`. */
  readonly place: string
  response: TapedResponse | undefined
  /** What has come so far, where the whole never comes. */
  partial: () => TapedResponse
}

/** What of a cassette is used, and what comes to it. Same requests are told apart by their number. */
export class Deck {
  readonly #file: string
  readonly #mode: TapeMode
  readonly #before: Cassette
  readonly #used = new Set<number>()
  readonly #byKey = new Map<string, number[]>()
  readonly #slots: Slot[] = []
  readonly #models = new Map<string, Omit<ModelItem, 'id'>>()
  readonly #missed: string[] = []
  #unnamed: string | undefined
  readonly sidecar: Sidecar = new Map()

  constructor(file: string, mode: TapeMode, before: Cassette) {
    this.#file = file
    this.#mode = mode
    this.#before = before
    for (const [i, { request }] of before.interactions.entries()) {
      const key = keyOf(request)
      this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), i])
    }
  }

  get recorded(): number {
    return this.#slots.length
  }

  get replayed(): number {
    return this.#used.size
  }

  get missed(): readonly string[] {
    return this.#missed
  }

  get unused(): readonly string[] {
    if (this.#mode === 'record') return []
    return this.#numbered()
      .filter(({ used }) => !used)
      .map(({ index, interaction }) => `interactions[${index}]: ${titleOf(interaction.request)}`)
  }

  /** Whether such a call of the provider was recorded. */
  has(call: Verb, provider: string): boolean {
    return this.#before.interactions.some(({ request }) => {
      return request.call === call && request.provider === provider
    })
  }

  /** Whether it has an answer that is not used yet. */
  holds(request: TapedRequest): boolean {
    return this.#next(request) !== undefined
  }

  #next(request: TapedRequest): number | undefined {
    return this.#byKey.get(keyOf(request))?.find((i) => !this.#used.has(i))
  }

  /** The next answer to it; undefined where it has to be asked. @throws REPLAY_MISMATCH */
  take(request: TapedRequest): TapedResponse | undefined {
    if (this.#mode === 'record') return undefined
    const found = this.#next(request)
    if (found !== undefined) {
      this.#used.add(found)
      return this.#before.interactions[found]!.response
    }
    if (this.#mode === 'auto') return undefined
    const failure = mismatch(this.#file, request, this.#numbered(), this.#before === EMPTY)
    this.#missed.push(failure.message)
    throw failure
  }

  /** Keeps the place of a request that is about to be asked: places go by the order of asking. */
  reserve(model: TapedModel, request: TapedRequest): Slot {
    const { id: _, ...item } = model.item
    const id = `${model.provider}/${model.model}`
    this.#models.set(id, item)
    if (model.unnamed) this.#unnamed ??= id
    const index = this.#slots.length + this.#kept.length
    const slot: Slot = {
      request,
      place: `interactions[${index}]`,
      response: undefined,
      partial: () => ({ left: true }),
    }
    this.#slots.push(slot)
    return slot
  }

  /**
   * The cassette with what was recorded, in an order that does not depend on time.
   * @param drop without what nobody asked for
   */
  result(drop = false): Cassette {
    const fresh = this.#slots.map(taped)
    const kept = this.#kept.filter((_, i) => !drop || this.#used.has(i))
    const before = this.#mode === 'auto' ? this.#before : undefined
    const unnamed = before?.unnamed ?? this.#unnamed
    const models = { ...before?.models, ...Object.fromEntries(this.#models) }
    return sorted(Object.entries(models), unnamed, [...kept, ...fresh])
  }

  /** A cassette of some of what was recorded. @param keeps asked with the number of each, in the order of asking */
  part(keeps: (request: number) => boolean): Cassette {
    const slots = this.#slots.filter((_, i) => keeps(i))
    const names = new Set(slots.map(({ request }) => `${request.provider}/${request.model}`))
    const models = [...this.#models].filter(([id]) => names.has(id))
    const unnamed = names.has(this.#unnamed ?? '') ? this.#unnamed : undefined
    return sorted(models, unnamed, slots.map(taped))
  }

  get #kept(): readonly Interaction[] {
    return this.#mode === 'auto' ? this.#before.interactions : []
  }

  #numbered(): readonly Numbered[] {
    return this.#before.interactions.map((interaction, index) => {
      return { interaction, index, used: this.#used.has(index) }
    })
  }
}

const taped = ({ request, response, partial }: Slot): Interaction => {
  return { request, response: response ?? partial() }
}

function sorted(
  models: readonly (readonly [string, Omit<ModelItem, 'id'>])[],
  unnamed: string | undefined,
  interactions: readonly Interaction[],
): Cassette {
  return {
    cassette: 1,
    ...(unnamed === undefined ? {} : { unnamed }),
    models: Object.fromEntries([...models].sort(([a], [b]) => (a < b ? -1 : 1))),
    interactions: [...interactions].sort((a, b) => byContent(a.request, b.request)),
  }
}
