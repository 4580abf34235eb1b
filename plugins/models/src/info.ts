import { SpellError } from '@llmspell/sdk'
import type { ModelItem, Value } from '@llmspell/sdk'
import type { Endpoint } from './catalog.ts'
import type { Hub } from './hub.ts'
import { envName, hostAddress, keyVariable } from './keys.ts'
import type { ProviderInfo, ResolvedModel } from './types.ts'

/** Rows of `Provider.list`: installed and configured ones, and those that cannot be used, with the reason. */
export function listProviders(hub: Hub): readonly ProviderInfo[] {
  const broken = hub.catalog.broken().map(({ name, reason }) => ({
    name,
    description: 'Named in the configuration only.',
    mock: false,
    enabled: true,
    available: false,
    reason,
    capabilities: [],
  }))
  return [...hub.catalog.endpoints().map((endpoint) => infoOf(hub, endpoint)), ...broken]
}

export function infoOf(hub: Hub, endpoint: Endpoint): ProviderInfo {
  const reason = whyNot(hub, endpoint)
  return {
    name: endpoint.name,
    description: endpoint.item.description,
    mock: endpoint.item.mock === true,
    enabled: endpoint.config.enabled !== false,
    available: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    capabilities: union(endpoint.models),
  }
}

function whyNot({ env }: Hub, endpoint: Endpoint): string | undefined {
  if (endpoint.config.enabled === false) return 'switched off in the configuration'
  const variable = keyVariable(endpoint)
  const configured = endpoint.config.api_key !== undefined
  const elsewhere = hostAddress(endpoint, env) !== undefined && !configured
  if (variable === undefined || env[variable] || elsewhere) return undefined
  return `the environment variable ${variable} is not set`
}

function union(models: readonly ModelItem[]): readonly string[] {
  return [...new Set(models.flatMap(({ capabilities }) => capabilities ?? []))].sort()
}

const MEDIA = ['image', 'audio', 'pdf', 'video']

/** Result of `Provider.get_capabilities`. @throws MODEL_UNKNOWN for a model that is not listed */
export function capabilitiesOf(endpoint: Endpoint, model: string | undefined): Value {
  const items = model === undefined ? endpoint.models : [listed(endpoint, model)]
  const all = union(items)
  const media = MEDIA.filter((kind) => all.includes(kind))
  const contexts = items.flatMap(({ context }) => (context === undefined ? [] : [context]))
  return {
    supports_streaming: all.includes('streaming'),
    supports_multimodal: media.length > 0,
    supports_tools: all.includes('tools'),
    supports_schema: all.includes('schema'),
    input_media: media,
    ...(contexts.length === 0 ? {} : { max_context_tokens: Math.max(...contexts) }),
    available_models: endpoint.models.map(({ id }) => id),
  }
}

function listed({ name, models }: Endpoint, model: string): ModelItem {
  const found = models.find(({ id }) => id === model)
  if (found) return found
  throw new SpellError(
    'MODEL_UNKNOWN',
    `Provider '${name}' does not list model '${model}': nothing is known about it.`,
    {
      hint: `List them with: Provider.models('${name}')`,
      details: { model, known: models.map(({ id }) => id) },
    },
  )
}

/** Rows of `Provider.models`. */
export function modelRows(endpoints: readonly Endpoint[]): Value {
  return endpoints.flatMap(({ name, item, models }) =>
    models.map(({ id, context, priceIn, priceOut, capabilities }) => ({
      id: `${name}/${id}`,
      provider: name,
      mock: item.mock === true,
      ...(context === undefined ? {} : { context }),
      ...(priceIn === undefined ? {} : { price_in: priceIn }),
      ...(priceOut === undefined ? {} : { price_out: priceOut }),
      capabilities: [...(capabilities ?? [])],
    })),
  )
}

/** Result of `Provider.resolve`: the full table, a literal key masked. */
export function resolvedTable(hub: Hub, model: ResolvedModel): Value {
  const endpoint = hub.catalog.endpoint(model.provider)
  const { temperature, topP, seed, stop, maxTokens } = model.options
  return defined({
    id: model.id,
    provider: model.provider,
    model: model.model,
    mock: model.mock,
    listed: model.listed,
    chosen_by: model.chosenBy,
    base_url: model.baseUrl?.value ?? hostAddress(endpoint, hub.env),
    api_key: shownKey(endpoint, model),
    temperature,
    top_p: topP,
    seed,
    stop,
    max_tokens: maxTokens,
    settings: model.settings,
  })
}

function shownKey(endpoint: Endpoint, { apiKey }: ResolvedModel): string | undefined {
  const given = apiKey?.value ?? endpoint.config.api_key
  if (given !== undefined) return envName(given) === undefined ? '***' : given
  const variable = keyVariable(endpoint)
  return variable === undefined ? undefined : `env:${variable}`
}

function defined(table: Readonly<Record<string, Value | undefined>>): Value {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined))
}
