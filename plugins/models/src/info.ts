import { SpellError } from '@llmspell/sdk'
import type { CallContext, ModelItem, Value } from '@llmspell/sdk'
import type { Endpoint } from './catalog.ts'
import type { Hub } from './hub.ts'
import { hostAddress, isNowhere, shownAddress } from './address.ts'
import { dotenvNames } from './dotenv.ts'
import { keyReference } from './keys.ts'
import { readReference, shownReference } from './reference.ts'
import { hasKey } from './resolve.ts'
import type { Choice } from './resolve.ts'
import type { ProviderInfo, ResolvedModel } from './types.ts'

/** Rows of `Provider.list`: installed and configured ones, and those that cannot be used, with the reason. */
export async function listProviders(
  hub: Hub,
  context?: CallContext,
): Promise<readonly ProviderInfo[]> {
  const dotenv = await dotenvNames(hub, context)
  const broken = hub.catalog.broken().map(({ name, reason }) => ({
    name,
    description: 'Named in the configuration only.',
    mock: false,
    enabled: true,
    available: false,
    keyed: false,
    keyless: false,
    reason,
    capabilities: [],
  }))
  const rows = hub.catalog.endpoints().map((each) => infoOf({ ...hub, dotenv }, each))
  return [...rows.map((row) => unlessOpen(hub, row)), ...broken]
}

/** What is known of one. @throws PROVIDER_UNKNOWN, PROVIDER_UNAVAILABLE */
export async function providerInfo(
  hub: Hub,
  name: string,
  context: CallContext | undefined,
): Promise<ProviderInfo> {
  const endpoint = hub.catalog.endpoint(name)
  return unlessOpen(hub, infoOf({ ...hub, dotenv: await dotenvNames(hub, context) }, endpoint))
}

/** One whose server is unwell cannot be called now. */
function unlessOpen({ line }: Hub, info: ProviderInfo): ProviderInfo {
  const reason = info.available ? line.reason(info.name) : undefined
  return reason === undefined ? info : { ...info, available: false, reason }
}

function infoOf(keys: Keys, endpoint: Endpoint): ProviderInfo {
  const reason = whyNot(keys, endpoint)
  return {
    name: endpoint.name,
    description: endpoint.item.description,
    mock: endpoint.item.mock === true,
    enabled: endpoint.config.enabled !== false,
    available: reason === undefined,
    keyed: hasKey(endpoint, keys),
    keyless: keyReference(endpoint) === undefined && endpoint.config.api_key === undefined,
    ...(reason === undefined ? {} : { reason }),
    capabilities: union(endpoint.models),
  }
}

type Keys = Pick<Choice, 'env' | 'dotenv'>

function whyNot(keys: Keys, endpoint: Endpoint): string | undefined {
  if (endpoint.config.enabled === false) return 'switched off in the configuration'
  if (isNowhere(endpoint, keys.env)) return 'no address set'
  const reference = keyReference(endpoint)
  const configured = endpoint.config.api_key !== undefined
  const elsewhere = hostAddress(endpoint, keys.env) !== undefined && !configured
  if (reference === undefined || hasKey(endpoint, keys) || elsewhere) return undefined
  return `the environment variable ${reference.name} is not set`
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

const shown = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : shownAddress(address)

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
    base_url: shown(model.baseUrl?.value ?? hostAddress(endpoint, hub.env)),
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
  if (given !== undefined) return readReference(given) === undefined ? '***' : given
  const reference = keyReference(endpoint)
  return reference && shownReference(reference)
}

function defined(table: Readonly<Record<string, Value | undefined>>): Value {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined))
}
