import { describe, now, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, ModelItem, PullProgress, Usage } from '@llmspell/sdk'
import { hostAddress, isNowhere } from './address.ts'
import { costOf } from './answer.ts'
import type { Endpoint } from './catalog.ts'
import { lineFailed } from './failures.ts'
import type { Hub } from './hub.ts'
import { providerInfo } from './info.ts'
import { modelRow } from './rows.ts'
import { able, cannot, guarded, permitted, serverOf, serverOfProvider } from './server.ts'
import type { Asker } from './server.ts'
import type { ModelFilter, ModelList, ModelRow, ServerRow } from './facts.ts'
import type { ModelSpec } from './types.ts'

const STATUS_MS = 5000

/** Rows of `Provider.models`. A provider that fails keeps the rows of its list, and is told. */
export async function listModels(hub: Hub, filter: ModelFilter, asker: Asker): Promise<ModelList> {
  const { provider, live = false, capability } = filter
  const { catalog } = hub
  const chosen = provider === undefined ? catalog.endpoints() : [catalog.endpoint(provider)]
  const enabled = chosen.filter(({ config }) => config.enabled !== false)
  const named = provider !== undefined
  const lists = await Promise.all(enabled.map((each) => rowsOf(hub, each, live, named, asker)))
  const rows = lists.flatMap((list) => list.rows)
  const fits = ({ capabilities }: ModelRow): boolean =>
    capability === undefined || capabilities.includes(capability)
  return { rows: rows.filter(fits), failures: lists.flatMap(({ failure }) => failure ?? []) }
}

interface Rows {
  readonly rows: readonly ModelRow[]
  readonly failure?: { readonly provider: string; readonly error: ErrorRecord }
}

async function rowsOf(
  hub: Hub,
  endpoint: Endpoint,
  live: boolean,
  named: boolean,
  asker: Asker,
): Promise<Rows> {
  const listed = endpoint.models.map((item) => modelRow(hub, endpoint, item))
  const toldWhere = !(named && isNowhere(endpoint, hub.env))
  if (!live || (toldWhere && !(await isAvailable(hub, endpoint, asker)))) return { rows: listed }
  try {
    const items = await liveItems(hub, endpoint, asker)
    return { rows: items?.map((item) => modelRow(hub, endpoint, item, true)) ?? listed }
  } catch (error) {
    const failure = toErrorRecord(error)
    if (!named && isUnset(failure)) return { rows: listed }
    return { rows: listed, failure: { provider: endpoint.name, error: failure } }
  }
}

/** A provider that is told its address and was not: it is not set up. */
const isUnset = ({ code }: ErrorRecord): boolean => code === 'MODEL_INVALID'

async function isAvailable(hub: Hub, { name }: Endpoint, { context }: Asker): Promise<boolean> {
  return (await providerInfo(hub, name, context)).available
}

/** Undefined for a provider that cannot say. Facts of the list fill what the server leaves out. */
async function liveItems(
  hub: Hub,
  endpoint: Endpoint,
  asker: Asker,
): Promise<readonly ModelItem[] | undefined> {
  const server = await serverOfProvider(hub, endpoint, asker)
  const { provider, settings, options } = server
  if (!provider.models) return undefined
  const items = await guarded(server, () => provider.models!(settings, options))
  checkList(endpoint.name, items)
  const known = new Map(endpoint.models.map((item) => [item.id, item]))
  return items.map((item) => ({ ...known.get(item.id), ...item }))
}

/** @throws PROVIDER_FAILED for a list whose rows are none */
function checkList(provider: string, items: unknown): void {
  const isRow = (row: unknown): boolean =>
    typeof row === 'object' && row !== null && typeof (row as ModelItem).id === 'string'
  const bad = Array.isArray(items) ? items.find((row) => !isRow(row)) : items
  if (Array.isArray(items) && bad === undefined && items.every(isRow)) return
  const text = `Provider '${provider}' gave no list of models: expected rows with an 'id', found ${describe(bad)}.`
  throw lineFailed(text, { provider, kind: 'malformed', retryable: false })
}

/** Which servers answer, all asked at once. */
export function serverRows(
  hub: Hub,
  name: string | undefined,
  asker: Asker,
): Promise<readonly ServerRow[]> {
  const { catalog } = hub
  const chosen = name === undefined ? catalog.endpoints() : [catalog.endpoint(name)]
  return Promise.all(chosen.map((endpoint) => serverRow(hub, endpoint, asker)))
}

async function serverRow(hub: Hub, endpoint: Endpoint, asker: Asker): Promise<ServerRow> {
  const { name, item } = endpoint
  const { available, reason = 'not available' } = await infoOf(hub, endpoint, asker)
  const address = hostAddress(endpoint, hub.env) ?? item.origins?.[0]
  const at = address === undefined ? {} : { address }
  const row = { provider: name, mock: item.mock === true, ...at }
  if (!available) return { ...row, state: 'off', reason }
  const signal = AbortSignal.any([asker.signal, AbortSignal.timeout(STATUS_MS)])
  const started = now()
  try {
    const said = await asked(hub, endpoint, { ...asker, signal })
    if (said === undefined)
      return { ...row, state: 'unasked', reason: 'it can only be asked a question' }
    return { ...row, state: 'answers', ms: Math.round(now() - started), ...said }
  } catch (error) {
    asker.signal.throwIfAborted()
    const silent = `no answer within ${STATUS_MS / 1000} s`
    const failure = toErrorRecord(error)
    if (isUnset(failure)) return { ...row, state: 'off', reason: failure.message }
    if (failure.code === 'CANCELLED')
      return { ...row, state: 'silent', reason: silent, error: lateError(name, silent) }
    return { ...row, state: 'silent', reason: failure.message, error: failure }
  }
}

function lateError(provider: string, silent: string): ErrorRecord {
  const text = `Provider '${provider}' is silent: ${silent}.`
  return toErrorRecord(lineFailed(text, { provider, kind: 'timeout', retryable: true }))
}

async function infoOf(hub: Hub, { name, config }: Endpoint, { context }: Asker) {
  if (config.enabled === false)
    return { available: false, reason: 'switched off in the configuration' }
  return providerInfo(hub, name, context)
}

async function asked(
  hub: Hub,
  endpoint: Endpoint,
  asker: Asker,
): Promise<Pick<ServerRow, 'version' | 'models'> | undefined> {
  const server = await serverOfProvider(hub, endpoint, asker)
  const { provider, settings, options } = server
  if (provider.status) return guarded(server, () => provider.status!(settings, options))
  if (!provider.models) return undefined
  const items = await guarded(server, () => provider.models!(settings, options))
  checkList(endpoint.name, items)
  return { models: items.length }
}

/** Has a server fetch a model. @throws PROVIDER_CANNOT, PERMISSION_DENIED, PROVIDER_FAILED */
export async function* pullModel(
  hub: Hub,
  spec: ModelSpec,
  asker: Asker,
): AsyncGenerator<PullProgress> {
  await able(hub, spec, asker, 'pull')
  const server = await serverOf(hub, spec, asker)
  const { provider, settings, options } = server
  if (!provider.pull) throw cannot(settings.provider, 'pull')
  await permitted(hub, server, asker)
  const steps = provider.pull(settings, options)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await guarded(server, () => Promise.resolve(steps.next()))
      if (done) return
      yield value
    }
  } finally {
    await steps.return?.()
  }
}

/** Numbers for texts, with what they cost. */
export interface Embedded {
  readonly vectors: readonly (readonly number[])[]
  readonly usage: Usage
  readonly model: string
}

/** @throws PROVIDER_CANNOT, PROVIDER_FAILED, BUDGET_EXCEEDED */
export async function embedTexts(
  hub: Hub,
  spec: ModelSpec | undefined,
  texts: readonly string[],
  asker: Asker,
): Promise<Embedded> {
  await able(hub, spec, asker, 'embed')
  const server = await serverOf(hub, spec, asker)
  const { provider, settings, options, model } = server
  if (!provider.embed) throw cannot(settings.provider, 'embed')
  const tokens = Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / 4)
  const cost = costOf(model, { inputTokens: tokens, outputTokens: 0 })
  const { budgets } = hub
  const reservation =
    asker.context &&
    (await budgets?.reserve(
      asker.context,
      model.priceIn === undefined ? { tokens } : { tokens, cost },
      `Model '${model.id}'`,
    ))
  try {
    const { vectors, usage } = await guarded(server, () =>
      provider.embed!(settings, texts, options),
    )
    const spent = { ...usage, cost: costOf(model, usage) }
    reservation?.settle(spent)
    asker.context?.spend(spent)
    return { vectors, usage: spent, model: model.id }
  } finally {
    reservation?.release()
  }
}
