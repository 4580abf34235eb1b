import type { CallContext, ModelItem, Provider, TapedModel } from '@llmspell/sdk'
import { connectLive } from './hub.ts'
import type { Hub } from './hub.ts'
import type { Connected } from './keys.ts'
import type { ResolvedModel } from './types.ts'

/**
 * What answers for the model: its provider, or the tape of the run around it.
 * @param cap most tokens of an answer, of which a tape knows nothing: what is left is another matter when it is played
 */
export async function providerOf(
  hub: Hub,
  model: ResolvedModel,
  connected: Connected,
  context: CallContext | undefined,
  cap?: number,
): Promise<Provider> {
  const tape = context && hub.recorder?.of(context)
  const installed = async () => within(await hub.extensions.get('providers', model.via), cap)
  if (!context || !tape) return installed()
  const live = async () => {
    const { settings, access } = tape.answers ? await connectLive(hub, model, context) : connected
    return { provider: await installed(), settings, access }
  }
  // A tape that answers everything needs none; one that does not may do with what is there.
  const own = tape.offline ? undefined : await installed().catch(() => undefined)
  return tape.provider({ ...tapedModel(model), verbs: verbsOf(own) }, live, context)
}

function within(provider: Provider, maxTokens: number | undefined): Provider {
  if (maxTokens === undefined) return provider
  const call: Pick<Provider, 'generate' | 'stream'> = {
    generate: (model, request, options) =>
      provider.generate(model, { ...request, maxTokens }, options),
    stream: (model, request, options) => provider.stream(model, { ...request, maxTokens }, options),
  }
  return Object.assign(Object.create(provider) as Provider, call)
}

const VERBS = ['models', 'status', 'pull', 'embed'] as const

function verbsOf(provider: Provider | undefined): readonly string[] {
  return VERBS.filter((verb) => provider?.[verb] !== undefined)
}

/** Addresses of the host are its own business: they differ where the tape is played. */
function tapedModel(model: ResolvedModel): Omit<TapedModel, 'verbs'> {
  const { baseUrl, chosenBy } = model
  return {
    provider: model.provider,
    model: model.model,
    settings: model.settings,
    item: itemOf(model),
    unnamed: chosenBy === 'environment' || chosenBy === 'fallback',
    ...(baseUrl && !baseUrl.trusted ? { baseUrl: baseUrl.value } : {}),
  }
}

const FACTS = ['context', 'maxOutput', 'priceIn', 'priceOut', 'priceCached'] as const

function itemOf(model: ResolvedModel & Partial<ModelItem>): ModelItem {
  const facts = FACTS.flatMap((key) => (model[key] === undefined ? [] : [[key, model[key]]]))
  const { capabilities } = model
  return {
    id: model.model,
    ...(Object.fromEntries(facts) as Partial<ModelItem>),
    ...(capabilities.length === 0 ? {} : { capabilities }),
  }
}
