import type { CallContext } from '@llmspell/sdk'
import type { Hub } from './hub.ts'
import { envName } from './keys.ts'
import type { Connected } from './keys.ts'
import type { ResolvedModel } from './types.ts'

/** Tells people, once per run, what they should know about the model that was chosen. */
export function giveNotices(
  hub: Hub,
  model: ResolvedModel,
  connected: Connected,
  context: CallContext,
): void {
  if (model.mock && model.chosenBy === 'fallback') {
    once(context, 'mock', 'info', mockText(hub, model))
  }
  const { endpoint } = { endpoint: hub.catalog.endpoint(model.provider) }
  if (!model.listed && endpoint.models.length > 0) {
    once(
      context,
      `unlisted ${model.id}`,
      'warn',
      `Model '${model.id}' is not listed: its price and limits are unknown.`,
    )
  }
  if (model.apiKey && envName(model.apiKey.value) === undefined) {
    once(
      context,
      `key ${model.id}`,
      'warn',
      `Model '${model.id}' is given its key literally. Write 'env:NAME' instead.`,
    )
  }
  const { withheld, settings } = connected
  if (withheld !== undefined) {
    const target = settings.baseUrl ?? model.provider
    once(
      context,
      `withheld ${withheld} ${target}`,
      'info',
      `The key in ${withheld} is not sent to '${target}': that needs --allow-env=${withheld}.`,
    )
  }
}

function mockText(hub: Hub, model: ResolvedModel): string {
  const real = hub.catalog
    .endpoints()
    .find(({ item, models }) => item.env?.key && models.length > 0)
  const example = real ? `${real.name}/${real.models[0]!.id}` : 'provider/model'
  const key = real?.item.env?.key ? `set ${real.item.env.key}, or ` : ''
  return (
    `No model is configured: using the offline mock '${model.id}'. ` +
    `For a real one, ${key}say --model ${example}.`
  )
}

function once(context: CallContext, key: string, level: 'info' | 'warn', message: string): void {
  context.share(`models: ${key}`, () => {
    context.log({ level, message })
    return { value: true }
  })
}
