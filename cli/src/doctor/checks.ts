import type { Kernel } from '@llmspell/kernel'
import type { EngineItem, Services } from '@llmspell/sdk'
import { DEFAULT_ISOLATION } from '../isolation.ts'
import { cacheFolder, dataFolder } from '../places.ts'

/** One line of `llmspell doctor`. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly text: string
  readonly hint?: string
}

/** What we ask of the service `models`, whichever plugin provides it. */
interface Models {
  resolve(): { readonly id: string; readonly mock: boolean }
  list(): readonly {
    readonly name: string
    readonly mock: boolean
    readonly available: boolean
    readonly reason?: string
  }[]
}

/** Node and the machine. */
export function machineChecks(): Check[] {
  const { versions, platform, arch, env } = process
  const fits = Number(versions.node.split('.')[0]) >= 24
  const node = `Node ${versions.node} on ${platform}-${arch}`
  return [
    { name: 'node', ok: fits, text: node, ...(fits ? {} : { hint: 'Install Node 24 or newer.' }) },
    { name: 'data', ok: true, text: dataFolder(env, platform) },
    { name: 'cache', ok: true, text: cacheFolder(env, platform) },
  ]
}

/** Plugins that failed or were left out, or one line that all is well. */
export function pluginChecks(kernel: Kernel): Check[] {
  const rows = kernel.list()
  const bad = rows.filter((row) => row.state === 'failed' || row.state === 'skipped')
  const hint = 'See: llmspell plugin doctor'
  const failures = bad.map(({ id, state, failure }) => {
    return { name: `plugin ${id}`, ok: false, text: `${state}: ${failure?.message ?? ''}`, hint }
  })
  return [
    { name: 'plugins', ok: true, text: `${rows.length} found, ${rows.length - bad.length} usable` },
    ...failures,
  ]
}

/** Engines and how scripts are kept apart. */
export function engineChecks(kernel: Kernel): Check[] {
  const engines = kernel.extensions.list<EngineItem & Record<string, unknown>>('engines')
  const names = engines.map(
    ({ name, item }) => `${name} ${item.version} (${item.extensions.join(', ')})`,
  )
  const hint = { hint: 'Install an engine plugin.' }
  const found = engines.length > 0
  return [
    { name: 'engines', ok: found, text: names.join(', ') || 'none', ...(found ? {} : hint) },
    {
      name: 'isolation',
      ok: true,
      text: `${DEFAULT_ISOLATION} by default, worker with --isolation=worker`,
    },
  ]
}

/** Providers with or without their key, and the model that an agent gets who names none. */
export async function modelChecks(kernel: Kernel): Promise<Check[]> {
  try {
    const models = (await kernel.use('models' as keyof Services)) as unknown as Models
    const { id, mock } = models.resolve()
    const note = mock ? ' (the offline mock: answers by rules, no model)' : ''
    return [...providerChecks(models), { name: 'default model', ok: true, text: `${id}${note}` }]
  } catch (error) {
    return [{ name: 'models', ok: false, text: (error as Error).message }]
  }
}

function providerChecks(models: Models): Check[] {
  return models.list().map(({ name, mock, available, reason }) => {
    const text = available
      ? mock
        ? 'ready, offline'
        : 'ready, key present'
      : (reason ?? 'not available')
    return { name: `provider ${name}`, ok: true, text }
  })
}
