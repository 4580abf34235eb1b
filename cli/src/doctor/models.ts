import type { Kernel } from '@llmspell/kernel'
import type { Services } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { failed, type Check } from './check.ts'

/** What we ask of the service `models`, whichever plugin provides it. */
interface Models {
  resolve(spec?: string): Promise<Resolved>
  /** @throws PROVIDER_KEY_MISSING */
  check(model: Resolved): Promise<void>
  list(): Promise<readonly Provider[]>
}

interface Resolved {
  readonly id: string
  readonly mock: boolean
}

interface Provider {
  readonly name: string
  readonly mock: boolean
  readonly available: boolean
  readonly keyed: boolean
  readonly keyless: boolean
  readonly reason?: string
}

/** Providers with or without their key, and the model that an agent gets who names none. */
export async function modelChecks(kernel: Kernel, config: Config): Promise<Check[]> {
  try {
    const models = (await kernel.use('models' as keyof Services)) as unknown as Models
    const rows = (await models.list()).map(providerCheck)
    return [...rows, await defaultCheck(models, config, kernel)]
  } catch (error) {
    return [failed('models', error, kernel)]
  }
}

/** The default as a run would find it, up to the call. */
async function defaultCheck(models: Models, config: Config, kernel: Kernel): Promise<Check> {
  const name = 'default model'
  try {
    const found = await models.resolve(config.model)
    await models.check(found)
    const note = found.mock ? ' (the offline mock: answers by rules, no model)' : ''
    return { name, state: 'ok', text: `${found.id}${note}` }
  } catch (error) {
    return failed(name, error, kernel)
  }
}

function providerCheck(provider: Provider): Check {
  const { name, available, reason = 'not available' } = provider
  const text = available ? readyText(provider) : reason
  return { name: `provider ${name}`, state: available ? 'ok' : 'off', text }
}

/** Nobody is called: whether a server without a key runs is not known here. */
function readyText({ mock, keyed, keyless }: Provider): string {
  if (mock) return 'ready, offline'
  if (keyed) return 'ready, key present'
  return keyless ? 'needs no key; is it there? llmspell model status' : 'ready, no key set'
}
