import type { CallContext, LogEntry } from '@llmspell/sdk'
import type { Hub } from './hub.ts'
import type { Connected } from './keys.ts'
import { readReference } from './reference.ts'
import type { ResolvedModel } from './types.ts'

/** Tells people, once per run, what they should know about the model that was chosen. */
export function giveNotices(
  hub: Hub,
  model: ResolvedModel,
  connected: Connected,
  context: CallContext,
): void {
  for (const entry of [...unlisted(hub, model, connected), ...noticesOf(hub, model, connected)]) {
    context.share(`models: ${entry.message}`, () => {
      context.log(entry)
      return { value: true }
    })
  }
}

/** At another address the models are others, and that none is listed is no surprise. */
function unlisted(
  { catalog }: Hub,
  { id, listed, provider, priceIn }: ResolvedModel,
  { settings }: Connected,
): readonly LogEntry[] {
  if (listed || catalog.endpoint(provider).models.length === 0) return []
  const unknown = priceIn === undefined ? 'its price and what it can do are' : 'what it can do is'
  const level = settings.baseUrl === undefined ? 'warn' : 'debug'
  return [{ level, message: `Model '${id}' is not listed: ${unknown} not known.` }]
}

function* noticesOf(
  hub: Hub,
  model: ResolvedModel,
  { withheld, settings }: Connected,
): Generator<LogEntry> {
  const { id, apiKey, chosenBy, mock } = model
  if (mock && chosenBy === 'fallback') yield { level: 'info', message: mockText(hub, id) }
  if (apiKey && readReference(apiKey.value) === undefined) {
    yield { level: 'warn', message: `Model '${id}' holds its key literally: write 'env:NAME'.` }
  }
  if (withheld === undefined) return
  const place = settings.baseUrl ?? model.provider
  const { kind, name } = withheld
  const message = `The key in ${name} is not sent to '${place}': add --allow-${kind}=${name}.`
  yield { level: 'info', message }
}

function mockText({ catalog }: Hub, id: string): string {
  const real = catalog.endpoints().find(({ item, models }) => item.env?.key && models.length > 0)
  const example = real ? `${real.name}/${real.models[0]!.id}` : 'provider/model'
  const key = real ? `set ${real.item.env!.key!}, or ` : ''
  const hint = `For a real one, ${key}say --model ${example}.`
  return `No model is configured: using the offline mock '${id}'. ${hint}`
}
