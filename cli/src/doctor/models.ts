import type { Kernel } from '@llmspell/kernel'
import type { ProviderItem, Services } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { failed, type Check } from './check.ts'

/** What we ask of the service `models`, whichever plugin provides it. */
interface Models {
  resolve(spec?: string): Resolved
  /** @throws PROVIDER_KEY_MISSING */
  check(model: Resolved): Promise<void>
  list(): readonly Provider[]
}

interface Resolved {
  readonly id: string
  readonly mock: boolean
}

interface Provider {
  readonly name: string
  readonly mock: boolean
  readonly available: boolean
  readonly reason?: string
}

type Env = Readonly<Record<string, string | undefined>>

/** Providers with or without their key, and the model that an agent gets who names none. */
export async function modelChecks(
  kernel: Kernel,
  config: Config,
  env: Env = process.env,
): Promise<Check[]> {
  try {
    const models = (await kernel.use('models' as keyof Services)) as unknown as Models
    const keys = keyedProviders(kernel, config, env)
    const rows = models.list().map((provider) => providerCheck(provider, keys))
    return [...rows, await defaultCheck(models, config, kernel)]
  } catch (error) {
    return [failed('models', error, kernel)]
  }
}

/** The default as a run would find it, up to the call. */
async function defaultCheck(models: Models, config: Config, kernel: Kernel): Promise<Check> {
  const name = 'default model'
  try {
    const found = models.resolve(config.model)
    await models.check(found)
    const note = found.mock ? ' (the offline mock: answers by rules, no model)' : ''
    return { name, state: 'ok', text: `${found.id}${note}` }
  } catch (error) {
    return failed(name, error, kernel)
  }
}

function providerCheck(provider: Provider, keys: ReadonlySet<string>): Check {
  const { name, mock, available, reason = 'not available' } = provider
  const how = mock ? 'offline' : keys.has(name) ? 'key present' : 'no key set'
  const text = available ? `ready, ${how}` : reason
  return { name: `provider ${name}`, state: available ? 'ok' : 'off', text }
}

/** The providers whose key is there: in the environment, or in a config that the user named. */
function keyedProviders(kernel: Kernel, config: Config, env: Env): ReadonlySet<string> {
  const items = kernel.extensions.list<ProviderItem & Record<string, unknown>>('providers')
  const named = items.filter(({ item }) => Boolean(env[item.env?.key ?? '']))
  const section = config.plugins?.['models'] as { providers?: Record<string, Own> } | undefined
  const own = Object.entries(section?.providers ?? {}).filter(([, { api_key: key }]) =>
    key?.startsWith('env:') ? Boolean(env[key.slice('env:'.length)]) : key !== undefined,
  )
  return new Set([...named.map(({ name }) => name), ...own.map(([name]) => name)])
}

interface Own {
  readonly api_key?: string
}
