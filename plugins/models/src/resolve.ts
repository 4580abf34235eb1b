import { nearest } from '@llmspell/sdk'
import type { CallContext, ModelItem } from '@llmspell/sdk'
import type { Catalog, Endpoint } from './catalog.ts'
import { modelAmbiguous, modelInvalid, modelUnknown } from './errors.ts'
import type { ModelsConfig } from './generated/config.ts'
import { keyReference } from './keys.ts'
import { modelText, parseModel, suffixOf } from './parse.ts'
import type {
  ChosenBy,
  GivenText,
  ModelSpec,
  ModelTable,
  ParsedModel,
  ResolvedModel,
} from './types.ts'

/** What the choice of a model depends on. */
export interface Choice {
  readonly catalog: Catalog
  readonly config: ModelsConfig
  readonly env: Readonly<Record<string, string | undefined>>
  /** Variables that `.env` has. */
  readonly dotenv?: ReadonlySet<string>
}

interface Layer {
  readonly table: ParsedModel['table']
  readonly trusted: boolean
  /** For the table of a place. */
  readonly place?: string
}

interface Found {
  readonly endpoint: Endpoint
  readonly model: string
  /** Tables on the way, the outermost first: it wins. */
  readonly layers: readonly Layer[]
}

const ALIAS_DEPTH = 8

/**
 * The model of a call: the given one, else the run's setting `model`, the configuration's default, the first
 * provider whose key is set, the offline mock.
 * @throws MODEL_INVALID, MODEL_UNKNOWN, PROVIDER_UNKNOWN, PROVIDER_UNAVAILABLE
 */
export function resolveModel(
  choice: Choice,
  spec: ModelSpec | undefined,
  context: CallContext | undefined,
): ResolvedModel {
  const given: ParsedModel = spec === undefined ? { table: {} } : read(choice, spec)
  const layers = layersOf(choice, given, context === undefined)
  if (given.provider !== undefined || given.model !== undefined) {
    return describe(find(choice, given, layers), 'call')
  }
  const [fallback, chosenBy] = defaultModel(choice, context)
  const found = find(choice, fallback, layersOf(choice, fallback, true))
  return describe({ ...found, layers: [...layers, ...found.layers] }, chosenBy)
}

/** @throws MODEL_INVALID, also for what is nearly a place and no model that anybody lists */
function read({ catalog, config }: Choice, spec: ModelSpec): ParsedModel {
  const places = Object.keys(config.base_urls)
  const parsed = parseModel(spec, places)
  const { provider, model = '', at } = parsed
  const isText = typeof spec === 'string' || spec.provider === undefined
  const suffix = isText && at === undefined ? suffixOf(model) : undefined
  const near = suffix === undefined ? undefined : nearest(suffix, places)
  if (near === undefined || catalog.names().includes(modelText(parsed))) return parsed
  const hint = `Did you mean '@${near}'? A model of that very name is written as { provider = '${provider ?? 'name'}', model = '${model}' }.`
  throw modelInvalid('the name of one of base_urls after the @', `'${suffix}'`, hint)
}

/** A text with a place is two tables: its own, and that of the place, which the host wrote. */
function layersOf({ config }: Choice, { table, at }: ParsedModel, trusted: boolean): Layer[] {
  const place = at === undefined ? undefined : config.base_urls[at]
  if (at === undefined || place === undefined) return [{ table, trusted }]
  const { url, api_key } = typeof place === 'string' ? { url: place } : place
  const own = { base_url: url, ...(api_key === undefined ? {} : { api_key }) }
  return [
    { table, trusted },
    { table: own, trusted: true, place: at },
  ]
}

/** Whether nobody names a model, so that the keys which are there decide. */
export function isDefault(
  choice: Choice,
  spec: ModelSpec | undefined,
  context: CallContext | undefined,
): boolean {
  const given = spec === undefined ? undefined : read(choice, spec)
  if (given?.provider !== undefined || given?.model !== undefined) return false
  return choice.config.default === undefined && context?.settings['model'] == null
}

function defaultModel(choice: Choice, context: CallContext | undefined): [ParsedModel, ChosenBy] {
  const { catalog, config } = choice
  const run = context?.settings['model'] as ModelSpec | undefined
  if (run !== undefined && run !== null) return [read(choice, run), 'run']
  if (config.default !== undefined) return [read(choice, config.default as ModelSpec), 'config']
  const usable = catalog
    .endpoints()
    .filter(({ models, config: own }) => models.length > 0 && own.enabled !== false)
  const real = usable.find((endpoint) => !endpoint.item.mock && hasKey(endpoint, choice))
  const chosen = real ?? usable.find((endpoint) => endpoint.item.mock)
  if (!chosen) throw modelUnknown('(none given)', catalog.names())
  const model = { provider: chosen.name, model: chosen.models[0]!.id, table: {} }
  return [model, real ? 'environment' : 'fallback']
}

/** Whether its key is there, as far as can be known without opening anything. */
export function hasKey(
  endpoint: Endpoint,
  { env, dotenv }: Pick<Choice, 'env' | 'dotenv'>,
): boolean {
  const reference = keyReference(endpoint)
  if (reference?.kind !== 'env') return endpoint.config.api_key !== undefined
  return Boolean(env[reference.name]) || (dotenv?.has(reference.name) ?? false)
}

function find(choice: Choice, parsed: ParsedModel, layers: readonly Layer[], depth = 0): Found {
  if (parsed.provider !== undefined)
    return ofProvider(choice, parsed.provider, parsed.model, layers)
  const name = parsed.model
  if (name === undefined) throw modelInvalid("a 'model'", 'none')
  const { aliases } = choice.config
  const alias = Object.hasOwn(aliases, name) ? (aliases[name] as ModelSpec) : undefined
  if (alias === undefined) return listedBy(choice, name, layers)
  if (depth >= ALIAS_DEPTH)
    throw modelInvalid('an alias that ends at a model', `a circle at '${name}'`)
  const target = read(choice, alias)
  const found = find(choice, target, layersOf(choice, target, true), depth + 1)
  return { ...found, layers: [...layers, ...found.layers] }
}

function ofProvider(
  { catalog }: Choice,
  name: string,
  model: string | undefined,
  layers: readonly Layer[],
): Found {
  const endpoint = catalog.endpoint(name)
  const ids = endpoint.models.map(({ id }) => id)
  const wanted = model ?? ids[0]
  if (wanted === undefined)
    throw modelInvalid(`a 'model' of provider '${name}', which lists none`, 'none')
  const rest = wanted.startsWith(`${name}/`) ? wanted.slice(name.length + 1) : wanted
  return {
    endpoint,
    model: ids.includes(rest) && !ids.includes(wanted) ? rest : wanted,
    layers,
  }
}

/** One provider that lists it, else the default one of the configuration, whether that lists it or not. */
function listedBy(choice: Choice, name: string, layers: readonly Layer[]): Found {
  const { catalog, config } = choice
  const { default_provider: fallback } = config
  const owners = catalog
    .endpoints()
    .filter(
      ({ models, config: own }) => own.enabled !== false && models.some(({ id }) => id === name),
    )
  const preferred = owners.length === 0 || owners.some((owner) => owner.name === fallback)
  if (owners.length !== 1 && fallback !== undefined && preferred)
    return ofProvider(choice, fallback, name, layers)
  if (owners.length > 1)
    throw modelAmbiguous(
      name,
      owners.map((owner) => owner.name),
    )
  const [endpoint] = owners
  if (!endpoint) throw modelUnknown(name, catalog.names())
  return { endpoint, model: name, layers }
}

function describe({ endpoint, model, layers }: Found, chosenBy: ChosenBy): ResolvedModel {
  const listed = endpoint.models.find(({ id }) => id === model)
  const item: Partial<ModelItem> = { ...endpoint.item.defaults, ...listed }
  const { context, maxOutput, priceIn, priceOut, priceCached } = item
  const provider = endpoint.name
  const address = addressAndKey(layers)
  return {
    id: modelText({ provider, model, ...at(address.baseUrl) }),
    provider,
    model,
    via: endpoint.via,
    mock: endpoint.item.mock === true,
    listed: listed !== undefined,
    chosenBy,
    ...address,
    options: optionsOf(merged(layers.map(({ table }) => table))),
    settings: merged(layers.map(({ table }) => table.settings ?? {})),
    timeouts: merged(layers.map(({ table }) => table.timeouts ?? {})),
    capabilities: item.capabilities ?? [],
    ...(context === undefined ? {} : { context }),
    ...(maxOutput === undefined ? {} : { maxOutput }),
    ...(priceIn === undefined ? {} : { priceIn }),
    ...(priceOut === undefined ? {} : { priceOut }),
    ...(priceCached === undefined ? {} : { priceCached }),
  }
}

const at = (address: GivenText | undefined): { readonly at?: string } =>
  address?.place === undefined ? {} : { at: address.place }

/** A key belongs to the address it was written next to: an outer address takes no inner key along. */
function addressAndKey(layers: readonly Layer[]): Pick<ResolvedModel, 'baseUrl' | 'apiKey'> {
  const at = layers.findIndex(({ table }) => table.base_url !== undefined)
  const baseUrl = pick(layers, 'base_url')
  const apiKey = pick(at < 0 ? layers : layers.slice(0, at + 1), 'api_key')
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
  }
}

function pick(layers: readonly Layer[], key: 'base_url' | 'api_key'): GivenText | undefined {
  const layer = layers.find(({ table }) => table[key] !== undefined)
  if (!layer) return undefined
  const { table, trusted, place } = layer
  return { value: table[key]!, trusted, ...(place === undefined ? {} : { place }) }
}

function merged<T extends object>(tables: readonly T[]): T {
  return Object.assign({}, ...tables.toReversed()) as T
}

function optionsOf({
  temperature,
  top_p,
  seed,
  stop,
  max_tokens,
}: ModelTable): ResolvedModel['options'] {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { topP: top_p }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(max_tokens === undefined ? {} : { maxTokens: max_tokens }),
  }
}
