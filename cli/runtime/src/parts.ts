import type {
  Awaitable,
  BusEvent,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  Value,
} from '@llmspell/sdk'
import type { ModelFilter, ModelList, ModelSpec, ModelFacts, ProviderInfo } from '@llmspell/models'
import type { House } from './house.ts'

/** The bus of a runtime: no other one hears it. */
export class HostEvents {
  readonly #house: House

  constructor(house: House) {
    this.#house = house
  }

  async publish(type: string, data?: Value, options?: PublishOptions): Promise<BusEvent> {
    return (await this.#house.use('events')).publish(type, data, options)
  }

  /** A queue to pull from, or to iterate over; closed with the runtime. */
  async subscribe(pattern: string, options?: SubscribeOptions): Promise<Subscription> {
    return (await this.#house.use('events')).subscribe(pattern, options)
  }

  async on(
    pattern: string,
    fn: (event: BusEvent) => Awaitable<void>,
    options?: SubscribeOptions,
  ): Promise<Subscription> {
    return (await this.#house.use('events')).on(pattern, fn, options)
  }
}

/** Models and their providers, without asking any. */
export class HostModels {
  readonly #house: House

  constructor(house: House) {
    this.#house = house
  }

  /** @param filter with `live` the servers are asked what they have */
  async list(filter: ModelFilter = {}, signal = AbortSignal.timeout(30_000)): Promise<ModelList> {
    return (await this.#house.use('models')).models(filter, signal)
  }

  async providers(): Promise<readonly ProviderInfo[]> {
    return (await this.#house.use('models')).list()
  }

  /** Of the model that a call with `spec` would use. */
  async info(spec?: ModelSpec): Promise<ModelFacts> {
    return (await this.#house.use('models')).info(spec)
  }
}

/** What scripts keep with `State`, under the same scopes: `global`, `session:ID`, or words of the host. */
export class HostState {
  readonly #house: House

  constructor(house: House) {
    this.#house = house
  }

  /** Undefined where nothing is kept. */
  async get(scope: string, key: string): Promise<Value | undefined> {
    return ((await this.#call('load', scope, key)) as Value | undefined | null) ?? undefined
  }

  async set(
    scope: string,
    key: string,
    value: Value,
    options: { readonly ttlMs?: number } = {},
  ): Promise<void> {
    const { ttlMs } = options
    await this.#call('save', scope, key, value, ttlMs === undefined ? undefined : { ttl: ttlMs })
  }

  async delete(scope: string, key: string): Promise<boolean> {
    return (await this.#call('delete', scope, key)) === true
  }

  async keys(scope: string, prefix?: string): Promise<readonly string[]> {
    return (await this.#call('list_keys', scope, prefix)) as readonly string[]
  }

  async #call(fn: string, ...args: readonly unknown[]): Promise<unknown> {
    await using run = await this.#house.open({}, 'state')
    return await run.call('State', fn, args)
  }
}
