import type { ExtensionRegistry, ModelItem, ProviderItem } from '@llmspell/sdk'
import { providerUnavailable, providerUnknown } from './errors.ts'
import type { Endpoint as EndpointConfig, ModelsConfig } from './generated/config.ts'

/** A provider as models are named by it: an installed one, or one that the configuration adds. */
export interface Endpoint {
  readonly name: string
  /** Name at the point `providers`. */
  readonly via: string
  readonly item: ProviderItem
  readonly config: EndpointConfig
  /** Listed models, the configuration's first. */
  readonly models: readonly ModelItem[]
}

/** What is installed and configured, read from manifests: no provider is loaded. */
export class Catalog {
  readonly #extensions: ExtensionRegistry
  readonly #config: ModelsConfig

  constructor(extensions: ExtensionRegistry, config: ModelsConfig) {
    this.#extensions = extensions
    this.#config = config
  }

  /** Installed providers in the order of the plan, then those of the configuration. */
  endpoints(): readonly Endpoint[] {
    const installed = this.#installed()
    const own = [...installed].map(([name, item]) => this.#endpoint(name, name, item))
    const added = Object.entries(this.#config.providers).flatMap(([name, { use }]) => {
      const item = use === undefined || installed.has(name) ? undefined : installed.get(use)
      return use === undefined || item === undefined ? [] : [this.#endpoint(name, use, item)]
    })
    return [...own, ...added]
  }

  /** @throws PROVIDER_UNKNOWN with a suggestion; PROVIDER_UNAVAILABLE for one that is switched off */
  endpoint(name: string): Endpoint {
    const all = this.endpoints()
    const found = all.find((endpoint) => endpoint.name === name)
    if (!found) throw this.#unknown(name, all)
    if (found.config.enabled === false)
      throw providerUnavailable(name, 'the configuration switched it off')
    return found
  }

  /** Configured names that no installed provider speaks to, with the reason. */
  broken(): readonly { readonly name: string; readonly reason: string }[] {
    const installed = this.#installed()
    return Object.entries(this.#config.providers).flatMap(([name, { use }]) => {
      if (installed.has(use ?? name)) return []
      return [{ name, reason: `provider '${use ?? name}' is not installed` }]
    })
  }

  /** Aliases, `provider/model` and bare names, for suggestions. */
  names(): readonly string[] {
    const models = this.endpoints().flatMap(({ name, models: listed }) =>
      listed.flatMap(({ id }) => [`${name}/${id}`, id]),
    )
    return [...new Set([...Object.keys(this.#config.aliases), ...models])]
  }

  #installed(): ReadonlyMap<string, ProviderItem> {
    const rows = this.#extensions.list<ProviderItem>('providers')
    return new Map(rows.map(({ name, item }) => [name, item]))
  }

  #endpoint(name: string, via: string, item: ProviderItem): Endpoint {
    const config = this.#config.providers[name] ?? {}
    const added = (config.models ?? []).map(({ price_in, price_out, ...rest }) => ({
      ...rest,
      ...(price_in === undefined ? {} : { priceIn: price_in }),
      ...(price_out === undefined ? {} : { priceOut: price_out }),
    }))
    // What an endpoint of its own serves is not what the provider lists for its own address.
    const listed = name === via ? (item.models ?? []) : []
    const models = [...added, ...listed.filter(({ id }) => !added.some((row) => row.id === id))]
    return { name, via, item, config, models }
  }

  #unknown(name: string, all: readonly Endpoint[]): Error {
    const broken = this.broken().find((row) => row.name === name)
    if (broken) return providerUnavailable(name, broken.reason)
    return providerUnknown(
      name,
      all.map((endpoint) => endpoint.name),
    )
  }
}
