import type { CallContext, ModelItem } from '@llmspell/sdk'
import type { Catalog, Endpoint } from './catalog.ts'
import { modelAmbiguous, modelInvalid, modelUnknown } from './errors.ts'
import type { ModelsConfig } from './generated/config.ts'
import { keyReference } from './keys.ts'
import { parseModel } from './parse.ts'
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
  const given: ParsedModel = spec === undefined ? { table: {} } : parseModel(spec)
  const layer = { table: given.table, trusted: context === undefined }
  if (given.provider !== undefined || given.model !== undefined) {
    return describe(find(choice, given, layer), 'call')
  }
  const [fallback, chosenBy] = defaultModel(choice, context)
  const found = find(choice, fallback, { table: fallback.table, trusted: true })
  return describe({ ...found, layers: [layer, ...found.layers] }, chosenBy)
}

/** Whether nobody names a model, so that the keys which are there decide. */
export function isDefault(
  { config }: Choice,
  spec: ModelSpec | undefined,
  context: CallContext | undefined,
): boolean {
  const given = spec === undefined ? undefined : parseModel(spec)
  if (given?.provider !== undefined || given?.model !== undefined) return false
  return config.default === undefined && context?.settings['model'] == null
}

function defaultModel(choice: Choice, context: CallContext | undefined): [ParsedModel, ChosenBy] {
  const { catalog, config } = choice
  const run = context?.settings['model'] as ModelSpec | undefined
  if (run !== undefined && run !== null) return [parseModel(run), 'run']
  if (config.default !== undefined) return [parseModel(config.default as ModelSpec), 'config']
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

function find(choice: Choice, parsed: ParsedModel, layer: Layer, depth = 0): Found {
  if (parsed.provider !== undefined) return ofProvider(choice, parsed.provider, parsed.model, layer)
  const name = parsed.model
  if (name === undefined) throw modelInvalid("a 'model'", 'none')
  const alias = choice.config.aliases[name] as ModelSpec | undefined
  if (alias === undefined) return listedBy(choice, name, layer)
  if (depth >= ALIAS_DEPTH)
    throw modelInvalid('an alias that ends at a model', `a circle at '${name}'`)
  const target = parseModel(alias)
  const found = find(choice, target, { table: target.table, trusted: true }, depth + 1)
  return { ...found, layers: [layer, ...found.layers] }
}

function ofProvider(
  { catalog }: Choice,
  name: string,
  model: string | undefined,
  layer: Layer,
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
    layers: [layer],
  }
}

function listedBy({ catalog }: Choice, name: string, layer: Layer): Found {
  const owners = catalog
    .endpoints()
    .filter(
      ({ models, config }) => config.enabled !== false && models.some(({ id }) => id === name),
    )
  if (owners.length > 1)
    throw modelAmbiguous(
      name,
      owners.map((owner) => owner.name),
    )
  const [endpoint] = owners
  if (!endpoint) throw modelUnknown(name, catalog.names())
  return { endpoint, model: name, layers: [layer] }
}

function describe({ endpoint, model, layers }: Found, chosenBy: ChosenBy): ResolvedModel {
  const item: Partial<ModelItem> = endpoint.models.find(({ id }) => id === model) ?? {}
  const { context, priceIn, priceOut } = item
  return {
    id: `${endpoint.name}/${model}`,
    provider: endpoint.name,
    model,
    via: endpoint.via,
    mock: endpoint.item.mock === true,
    listed: item.id !== undefined,
    chosenBy,
    ...addressAndKey(layers),
    options: optionsOf(merged(layers.map(({ table }) => table))),
    settings: merged(layers.map(({ table }) => table.settings ?? {})),
    capabilities: item.capabilities ?? [],
    ...(context === undefined ? {} : { context }),
    ...(priceIn === undefined ? {} : { priceIn }),
    ...(priceOut === undefined ? {} : { priceOut }),
  }
}

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
  return layer && { value: layer.table[key]!, trusted: layer.trusted }
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
