import type { ExtensionRegistry, ModelItem, ProviderItem } from '@llmspell/sdk'
import { providerUnavailable, providerUnknown } from './errors.ts'
import type { Endpoint as EndpointConfig, ListedModel, ModelsConfig } from './generated/config.ts'

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
  readonly #taped: ReadonlyMap<string, ModelItem>

  constructor(
    extensions: ExtensionRegistry,
    config: ModelsConfig,
    taped: ReadonlyMap<string, ModelItem> = new Map(),
  ) {
    this.#extensions = extensions
    this.#config = config
    this.#taped = taped
  }

  /** The same with what is known of models otherwise, by `provider/model`; their providers need not be installed. */
  with(models: ReadonlyMap<string, ModelItem>): Catalog {
    return new Catalog(this.#extensions, this.#config, models)
  }

  /** Installed providers in the order of the plan, then those of the configuration. */
  endpoints(): readonly Endpoint[] {
    const installed = this.#installed()
    const own = [...installed].map(([name, item]) => this.#endpoint(name, name, item))
    const added = Object.entries(this.#config.providers).flatMap(([name, { use }]) => {
      const item = use === undefined || installed.has(name) ? undefined : installed.get(use)
      return use === undefined || item === undefined ? [] : [this.#endpoint(name, use, item)]
    })
    return this.#taped.size === 0 ? [...own, ...added] : this.#withTaped([...own, ...added])
  }

  #withTaped(endpoints: readonly Endpoint[]): readonly Endpoint[] {
    const providers = Map.groupBy(this.#taped, ([id]) => id.slice(0, id.indexOf('/')))
    const absent = [...providers.keys()].filter((name) => !endpoints.some((e) => e.name === name))
    return [...endpoints, ...absent.map((name) => absentEndpoint(name))].map((endpoint) => {
      const taped = new Map((providers.get(endpoint.name) ?? []).map(([, item]) => [item.id, item]))
      const known = endpoint.models.map((item) => taped.get(item.id) ?? item)
      const more = [...taped.values()].filter((item) => !known.includes(item))
      return { ...endpoint, models: [...known, ...more] }
    })
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
    const added = (config.models ?? []).map(itemOf)
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

function absentEndpoint(name: string): Endpoint {
  const item = { name, description: 'Not installed: known from a tape only.' }
  return { name, via: name, item, config: {}, models: [] }
}

/** In the names of the contract. */
function itemOf({
  max_output: maxOutput,
  price_in: priceIn,
  price_out: priceOut,
  price_cached: priceCached,
  ...rest
}: ListedModel): ModelItem {
  const renamed = Object.entries({ maxOutput, priceIn, priceOut, priceCached })
  return { ...rest, ...Object.fromEntries(renamed.filter(([, value]) => value !== undefined)) }
}
