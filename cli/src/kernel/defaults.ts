import { join } from 'node:path'
import type { Config } from '../config.ts'
import { dataFolder, policyPlaces } from '../places.ts'

type Env = Parameters<typeof dataFolder>[0]
type Sections = NonNullable<Config['plugins']>

/** What only the program knows of plugins' config: where their files live. Nothing without a home. */
export function pluginDefaults(env: Env, platform: string): Sections {
  const data = dataFolder(env, platform)
  const permissions = { ...policyPlaces(env, platform) }
  return data === undefined
    ? { permissions }
    : {
        artifacts: { folder: join(data, 'artifacts') },
        'hook-cost': { folder: join(data, 'costs') },
        'hook-debug': { folder: join(data, 'traces') },
        'hook-metrics': { folder: join(data, 'metrics') },
        permissions,
        secrets: { file: join(data, 'secrets.json') },
        state: { folder: join(data, 'state') },
      }
}

/** The sections that the user wrote, each key before ours. */
export function withDefaults(own: Sections = {}, defaults: Sections): Sections {
  const filled = Object.entries(defaults).map(([id, section]) => [id, { ...section, ...own[id] }])
  return { ...own, ...Object.fromEntries(filled) } as Sections
}

/** Where plugins are installed, and the program that loads one in a process of its own: this one. */
export function storeDefaults(root: string, folder: string | undefined): Sections {
  const probe = [process.execPath, join(root, 'bin', 'llmspell.cjs'), 'plugin', 'probe', '--']
  return { 'plugin-store': { ...(folder === undefined ? {} : { folder }), probe } }
}
