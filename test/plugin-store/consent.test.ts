import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { definePlugin, type PluginChange } from '@llmspell/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { openStore, type OpenStore } from './open.ts'
import { code, plugin, type Parts } from './plugins.ts'
import { npmEnv } from './registry.ts'

let folder: string
let open: OpenStore
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-consent-'))
  // Nothing of this is asked of a registry.
  Object.assign(process.env, npmEnv('http://127.0.0.1:9', folder))
  open = await openStore(join(folder, 'store'), {}, [HOST, JAIL])
})
afterAll(async () => {
  await open[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** A place for plugins of tools alone, that is never asked to load one here. */
const HOST = {
  manifest: {
    manifest: 1,
    id: 'some-host',
    main: './index.js',
    phase: 'infrastructure',
    provides: { 'some-place': '1.0.0' },
    contributes: {
      pluginHosts: [{ name: 'process', service: 'some-place', points: ['tools', 'errors'] }],
    },
  },
  plugin: () => Promise.reject(new Error('not wanted')),
} as const

/** A machine that can shut nothing in. */
const JAIL = {
  manifest: {
    manifest: 1,
    id: 'some-jail',
    main: './index.js',
    phase: 'infrastructure',
    provides: { jail: '1.0.0' },
  },
  plugin: definePlugin({
    setup(ctx) {
      const none = { kind: 'none', reason: 'there is none', hint: 'Get one.' }
      ctx.provide('jail', { report: () => Promise.resolve(none) } as never)
    },
  }),
} as const

/** Installs it with this answer. @returns what was asked */
async function install(
  parts: Parts,
  answer: boolean,
  trust = false,
): Promise<readonly PluginChange[]> {
  using own = new Folder({
    'package.json': JSON.stringify(plugin('own', parts)),
    'index.js': code(parts.version, parts.tools ?? ['own']),
  })
  const asked: PluginChange[] = []
  const consent = (changes: readonly PluginChange[]): Promise<boolean> => {
    asked.push(...changes)
    return Promise.resolve(answer)
  }
  await open.store.install([own.path], { consent, trust })
  return asked
}

const MISSING: unknown = expect.arrayContaining([expect.objectContaining({ code: 'JAIL_MISSING' })])
const SERVICE = { provides: { 'own-service': '1.0.0' } }

test('tools alone have a place of their own; what does more needs trust, and keeps what was there where it gets none', async () => {
  expect(await install({ permissions: { net: ['*'] } }, false)).toMatchObject([
    { needs: 'yes', host: 'process', warnings: MISSING },
  ])
  expect(await open.store.list()).toEqual([])
  await install({ permissions: { net: ['*'] } }, true)
  const there = await open.store.list()
  expect(there).toMatchObject([{ id: 'own', version: '1.0.0', host: 'process', trusted: false }])
  const [asked] = await install({ version: '1.1.0', manifest: SERVICE }, false)
  expect(asked).toMatchObject({ needs: 'trust', before: '1.0.0', narrowed: { net: ['*'] } })
  expect(asked).not.toHaveProperty('host')
  expect(await open.store.list()).toEqual(there)
})
