import { isSpellError, SpellError } from '@llmspell/sdk'
import type { CallContext, ModelCallOptions, ModelSettings, Provider } from '@llmspell/sdk'
import type { Endpoint } from './catalog.ts'
import { cancelled, masked, providerFailed } from './errors.ts'
import { connectIn, resolveIn } from './hub.ts'
import type { Hub } from './hub.ts'
import { located } from './failures.ts'
import { foresee } from './permit.ts'
import { providerOf } from './tape-provider.ts'
import { answeringTape } from './taped.ts'
import { MOST, silent, timeoutsOf } from './timeouts.ts'
import type { ModelSpec, ResolvedModel } from './types.ts'

/** A verb beside questions, which a provider may have. */
export type Verb = 'models' | 'status' | 'pull' | 'embed'

/** Who asks a server something, and until when. */
export interface Asker {
  /** Absent: the host itself. */
  readonly context?: CallContext | undefined
  readonly signal: AbortSignal
}

/** A provider with all that its verbs need. */
export interface Server {
  readonly provider: Provider
  readonly model: ResolvedModel
  readonly settings: ModelSettings
  readonly keyFrom: string | undefined
  readonly options: ModelCallOptions
  /** How long each answer may take, in ms. */
  readonly wait: number
  /** Ends what is asked, when the wait is over. */
  readonly stop: AbortController
}

/** Stands for a model where a server is asked about itself. */
const ANY = 'any'

/** The server behind a model. @throws what `connect` throws */
export async function serverOf(
  hub: Hub,
  spec: ModelSpec | undefined,
  { context, signal }: Asker,
): Promise<Server> {
  const model = await resolveIn(hub, spec, context)
  const connected = await connectIn(hub, model, context)
  const { settings, access, keyFrom } = connected
  const provider = await providerOf(hub, model, connected, context)
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const { config, logger } = hub
  const own = config.providers[model.provider]?.timeouts
  const { whole: wait } = timeoutsOf(config.timeouts, own, model.timeouts)
  const options = { signal: both, logger, access }
  return { provider, model, settings, keyFrom, options, wait, stop }
}

/** Before any key is looked for. @throws PROVIDER_CANNOT where the provider has no such verb */
export async function able(
  hub: Hub,
  spec: ModelSpec | undefined,
  { context }: Asker,
  verb: Verb,
): Promise<void> {
  if (answeringTape(hub, context)) return
  const { provider, via } = await resolveIn(hub, spec, context)
  const installed = await hub.extensions.get('providers', via)
  if (!installed[verb]) throw cannot(provider, verb)
}

/** The server of a provider, whatever model. */
export function serverOfProvider(hub: Hub, { name }: Endpoint, asker: Asker): Promise<Server> {
  return serverOf(hub, { provider: name, model: ANY }, asker)
}

/** What a verb fails with: without keys, cancelled where the asker has left, and in time where nobody answers. */
export async function guarded<T>(server: Server, work: () => Promise<T>): Promise<T> {
  const { settings, options, model, keyFrom, wait, stop } = server
  const late = Promise.withResolvers<never>()
  const end = (): void => {
    late.reject(silent(settings.provider, 'whole', wait))
    stop.abort()
  }
  const timer = wait > MOST ? undefined : setTimeout(end, wait)
  try {
    return await Promise.race([work(), late.promise])
  } catch (error) {
    if (stop.signal.aborted) throw silent(settings.provider, 'whole', wait)
    if (options.signal.aborted) throw cancelled(model.id, options.signal)
    const known = isSpellError(error) ? error : providerFailed(settings.provider, error)
    throw masked(located(known, settings, keyFrom), settings.apiKey)
  } finally {
    clearTimeout(timer)
    late.promise.catch(() => undefined)
  }
}

/** Has a server keep something: a script needs a grant for that server. @throws PERMISSION_DENIED */
export async function permitted(
  hub: Hub,
  { model, settings }: Server,
  { context }: Asker,
): Promise<void> {
  const { env, permissions, secrets } = hub
  const endpoint = hub.catalog.endpoint(model.provider)
  const address = settings.baseUrl ?? endpoint.item.origins?.[0]
  if (address === undefined) return
  const connection = { endpoint, model, env, permissions, secrets, context }
  await foresee(connection, 'net', new URL(address).origin)
}

const WORDS: Readonly<Record<Verb, string>> = {
  models: 'list what it has',
  status: 'say how it is',
  pull: 'fetch models',
  embed: 'make numbers of texts',
}

/** PROVIDER_CANNOT. */
export function cannot(provider: string, verb: Verb): SpellError {
  const text = `Provider '${provider}' cannot ${WORDS[verb]}.`
  return new SpellError('PROVIDER_CANNOT', text, {
    hint: 'Choose another provider: ollama can.',
    details: { provider, verb },
  })
}
