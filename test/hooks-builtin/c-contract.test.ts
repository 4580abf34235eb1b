import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import type { DefinedPlugin, Services } from '@llmspell/sdk'
import { hookSuite } from '@llmspell/sdk/testing'
import { ROOT } from '../support/root.ts'

const audit = { record: () => Promise.resolve() } as unknown as Services['audit']

const PLUGINS: readonly (readonly [string, Partial<Services>, object?])[] = [
  ['hook-audit', { audit }],
  ['hook-cache', {}],
  ['hook-cost', {}],
  ['hook-debug', {}],
  ['hook-logging', {}],
  ['hook-metrics', {}],
  ['hook-rate-limit', {}, { enabled: true, limits: [{ limit: 1000, interval: '1s' }] }],
  ['hook-retry', {}, { enabled: true, rules: [{ delay: 1 }] }],
  ['hook-security', {}],
]

for (const [name, services, config] of PLUGINS) {
  const folder = pathToFileURL(`${join(ROOT, 'plugins', name)}/`)
  const { default: plugin } = (await import(new URL('src/index.ts', folder).href)) as {
    readonly default: DefinedPlugin<never>
  }
  hookSuite({ package: folder, plugin, services, ...(config ? { config } : {}) })
}
