import type { ModelItem } from '@llmspell/sdk'
import { addressOf, hostAddress } from './address.ts'
import type { Endpoint } from './catalog.ts'
import { dotenvNames } from './dotenv.ts'
import type { Hub } from './hub.ts'
import { keyReference, needsKey } from './keys.ts'
import { withPrices } from './prices.ts'
import { readReference, shownReference } from './reference.ts'
import type { Reference } from './reference.ts'
import type { KeyPlace, ModelFacts, ModelRow } from './facts.ts'
import type { ResolvedModel } from './types.ts'

/** One row of a list of models. `live`: its server says that it has it. */
export function modelRow(
  { config }: Pick<Hub, 'config'>,
  { name, item }: Endpoint,
  row: ModelItem,
  live = false,
): ModelRow {
  const { id, context, maxOutput, ...prices } = { ...item.defaults, ...row }
  const own = { id: `${name}/${id}`, provider: name, model: id, ...prices }
  const { priceIn, priceOut, priceCached } = withPrices(own, config)
  const known = {
    context,
    max_output: maxOutput,
    price_in: priceIn,
    price_out: priceOut,
    price_cached: priceCached,
  }
  return {
    id: `${name}/${id}`,
    provider: name,
    mock: item.mock === true,
    ...(live ? { live } : {}),
    ...defined(known),
    capabilities: [...(row.capabilities ?? [])],
  }
}

/** All that is known of one model before it is called. */
export async function modelFacts(hub: Hub, model: ResolvedModel): Promise<ModelFacts> {
  const endpoint = hub.catalog.endpoint(model.provider)
  const { context, maxOutput, priceIn, priceOut, priceCached, capabilities } = model
  const item = { context, maxOutput, priceIn, priceOut, priceCached, capabilities }
  const row = modelRow(hub, endpoint, { id: model.model, ...defined(item) })
  const address = model.baseUrl?.value ?? hostAddress(endpoint, hub.env)
  return {
    ...row,
    id: model.id,
    listed: model.listed,
    chosen_by: model.chosenBy,
    description: endpoint.item.description,
    ...defined({ base_url: address ?? endpoint.item.origins?.[0] }),
    key: await keyPlace(hub, endpoint, model),
  }
}

/** Where its key is looked for and whether it is there. Nothing is opened. */
async function keyPlace(hub: Hub, endpoint: Endpoint, model: ResolvedModel): Promise<KeyPlace> {
  const { env, permissions, secrets } = hub
  const connection = { endpoint, model, env, permissions, secrets, context: undefined }
  const address = await addressOf(connection)
  if (!model.apiKey && address.elsewhere) return { needed: false, found: false }
  const literal = model.apiKey?.value ?? endpoint.config.api_key
  const reference = model.apiKey ? readReference(model.apiKey.value) : keyReference(endpoint)
  if (reference === undefined) {
    const found = literal !== undefined
    return { needed: found, found, ...(found ? { source: 'configuration' } : {}) }
  }
  const needed = model.apiKey !== undefined || needsKey(endpoint, address)
  const source = await sourceOf(hub, reference)
  const found = source !== undefined
  return { needed, found, reference: shownReference(reference), ...(found ? { source } : {}) }
}

async function sourceOf(
  hub: Hub,
  { kind, name }: Reference,
): Promise<KeyPlace['source'] | undefined> {
  if (kind === 'env' && hub.env[name]) return 'environment'
  if (kind === 'env') return (await dotenvNames(hub, undefined)).has(name) ? 'dotenv' : undefined
  const kept = await hub.secrets?.list({
    subject: 'The list of models',
    grants: [{ holder: 'plugin models', allow: { secret: [name] } }],
    root: process.cwd(),
  })
  return kept?.some((row) => row.name === name) ? 'file' : undefined
}

/** Without what is not known. */
function defined<T extends object>(table: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
