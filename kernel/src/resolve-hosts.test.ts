import { definePlugin, SpellError, type HostedPlugin, type Manifest } from '@llmspell/sdk'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { inline, manifestOf, record, type ManifestParts } from '../test/plugins.ts'
import type { InlinePlugin } from './index.ts'
import { KERNEL_RECORD } from './kernel-record.ts'
import type { PluginRecord } from './record.ts'
import { hostedProblems } from './resolve-hosts.ts'
import { resolve, type ResolveOptions } from './resolve.ts'
import { withKernel } from './testing.ts'

const HOST = { name: 'apart', service: 'apart', points: ['things', 'errors'], services: ['clock'] }
const offers: ManifestParts = {
  provides: { apart: '1.0.0' },
  contributes: { points: { things: {}, others: {} }, pluginHosts: [HOST] },
}

describe('a plan', () => {
  const host = record('host', { phase: 'globals', ...offers })
  const clock = record('clock', { provides: { clock: '1.0.0' } })
  const guest = (parts: ManifestParts = {}, facts: Partial<PluginRecord> = {}) =>
    record('guest', parts, { root: '/guest', host: 'apart', ...facts })
  const plan = (records: readonly PluginRecord[], options: Partial<ResolveOptions> = {}) =>
    resolve(records, { kernel: KERNEL_RECORD, ...options })

  test('puts the host first, whatever its phase', () => {
    const { order, hosts, rejected } = plan([guest(), host])
    expect(order.map(({ id }) => id)).toEqual(['kernel', 'host', 'guest'])
    expect(hosts.get('guest')).toMatchObject({ name: 'apart', service: 'apart' })
    expect(rejected).toEqual([])
  })

  test('takes the host along in a profile', () => {
    const { order } = plan([guest(), host, clock], { profile: { include: ['guest'] } })
    expect(order.map(({ id }) => id)).toEqual(['kernel', 'host', 'guest'])
  })

  test.each<[string, ManifestParts, string]>([
    ['a point that it does not carry', { contributes: { others: [{ name: 'x' }] } }, "'others'"],
    ['taps', { contributes: { hooks: ['kernel.started'] } }, "'hooks'"],
    ['points', { contributes: { points: { own: {} } } }, "'points'"],
    [
      'hook points',
      { contributes: { hookPoints: [{ name: 'own.point', kind: 'notify', doc: 'x' }] } },
      "'hookPoints'",
    ],
    ['services', { provides: { own: '1.0.0' } }, "'provides'"],
    ['a host', { contributes: { pluginHosts: [{ ...HOST, name: 'inner' }] } }, "'pluginHosts'"],
    ['a requirement that it does not carry', { requires: { hooks: '^1' } }, "'hooks'"],
  ])('refuses %s', (_, parts, named) => {
    const { rejected, problems } = plan([host, clock, guest(parts)])
    expect(rejected).toMatchObject([{ id: 'guest', state: 'skipped', host: 'apart' }])
    expect(problems).toMatchObject([{ code: 'PLUGIN_HOST', severity: 'error' }])
    expect(problems[0]?.text).toContain(named)
    expect(problems[0]?.hint).toContain('trust')
  })

  test('lets through what the host carries', () => {
    const parts: ManifestParts = {
      requires: { clock: '^1' },
      contributes: { things: [{ name: 'x' }], others: [], hooks: [] },
    }
    expect(plan([host, clock, guest(parts)]).problems).toEqual([])
  })

  test.each<[string, readonly PluginRecord[], Partial<ResolveOptions>]>([
    ['is not there', [], {}],
    ['is disabled', [host], { disabled: ['host'] }],
    ['does not fit', [record('host', offers, { engine: '^9' })], {}],
    ['misses something itself', [record('host', { ...offers, requires: { gone: '^1' } })], {}],
    ['has another name', [record('host', { ...offers, contributes: { pluginHosts: [] } })], {}],
  ])('without a guest where its host %s: it never runs unhosted', (_, others, options) => {
    const { order, problems } = plan([...others, guest()], options)
    expect(order.map(({ id }) => id)).not.toContain('guest')
    expect(problems.find(({ plugin }) => plugin === 'guest')?.code).toBe('PLUGIN_HOST')
  })

  test('refuses to host an object, which has no file', () => {
    const given = inline('guest')
    const { problems } = plan([host, guest({}, { inline: given })])
    expect(problems).toMatchObject([{ code: 'PLUGIN_HOST', plugin: 'guest' }])
  })

  test('gives a plugin of one file to the host whose endings fit', () => {
    const pluginHosts = [{ ...HOST, files: ['.abc'] }]
    const reader = record('host', { ...offers, contributes: { pluginHosts } })
    const single = (main: string) =>
      plan([reader, guest({ main }, { host: undefined, single: true })]).problems
    expect(single('./a.abc')).toEqual([])
    expect(single('./a.xyz')).toMatchObject([{ code: 'PLUGIN_HOST' }])
  })

  test('is a ring where a host needs its guest', () => {
    const needy = record('host', { ...offers, requires: { clock: '^1' } })
    const hostedClock = record('clock', { provides: { clock: '1.0.0' } }, { host: 'apart' })
    const codes = plan([needy, hostedClock]).rejected.map(({ problems: [p] }) => p?.code)
    expect(codes).toContain('PLUGIN_HOST')
    const roomy = { ...HOST, points: ['provides'] }
    const ring = record('host', { ...needy.manifest, contributes: { pluginHosts: [roomy] } })
    const rows = plan([ring, hostedClock]).rejected.map(({ problems: [p] }) => p?.code)
    expect(rows).toEqual(['PLUGIN_CYCLE', 'PLUGIN_CYCLE'])
  })

  test('names ids of the option that mean nothing', () => {
    expect(hostedProblems({ gest: 'apart' }, plan([host, guest()]))).toMatchObject([
      { severity: 'error', code: 'PLUGIN_NOT_FOUND', hint: "Did you mean 'guest'?" },
    ])
  })
})

describe('a hosted plugin', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-hosted-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const contributes = { things: [{ name: 'x' }] }
  const llmspell: Manifest = manifestOf('guest', { contributes })
  mkdirSync(join(folder, 'guest'))
  const json = { name: 'guest', version: '1.2.3', engines: { llmspell: '^0.2.0' }, llmspell }
  writeFileSync(join(folder, 'guest/package.json'), JSON.stringify(json))
  writeFileSync(join(folder, 'guest/index.js'), 'throw new Error("imported by the kernel")')
  const hosted = { guest: 'apart' }

  /** A host that writes down what it loads, and registers texts. */
  function hostPlugin(loaded: HostedPlugin[]): InlinePlugin {
    const load = (plugin: HostedPlugin) => {
      loaded.push(plugin)
      const setup = (ctx: never) =>
        (ctx as { contribute(...args: string[]): void }).contribute('things', 'x', 'hosted')
      return definePlugin({ setup })
    }
    return inline('host', offers, (ctx) => ctx.provide('apart', { load }))
  }

  test('is loaded by the service of its host when it is needed, and not by the kernel', async () => {
    const loaded: HostedPlugin[] = []
    const plugins = [join(folder, 'guest'), hostPlugin(loaded)]
    await withKernel(
      plugins,
      async (kernel) => {
        expect(kernel.report()).toMatchObject({ imports: 0 })
        expect(loaded).toEqual([])
        expect(await kernel.extensions.get('things' as never, 'x')).toBe('hosted')
        const main = join(folder, 'guest/index.js')
        const root = join(folder, 'guest')
        const facts = { id: 'guest', version: '1.2.3', root, main, manifest: llmspell }
        expect(loaded).toMatchObject([facts])
        const rows = kernel.list().map(({ id, host, state }) => [id, host, state])
        expect(rows).toEqual([
          ['host', undefined, 'active'],
          ['guest', 'apart', 'active'],
        ])
      },
      { hosted },
    )
  })

  test('is loaded anew by its host after a reload of it or of the host, never by the kernel', async () => {
    const loaded: HostedPlugin[] = []
    await withKernel(
      [join(folder, 'guest'), hostPlugin(loaded)],
      async (kernel) => {
        const thing = () => kernel.extensions.get('things' as never, 'x')
        await thing()
        expect(await kernel.reload('guest')).toMatchObject({ failed: [] })
        expect(await thing()).toBe('hosted')
        expect(await kernel.reload('host')).toMatchObject({ dependents: ['guest'] })
        expect(await thing()).toBe('hosted')
        expect(loaded.map(({ id }) => id)).toEqual(['guest', 'guest', 'guest'])
        expect(kernel.list().at(-1)).toMatchObject({ id: 'guest', host: 'apart' })
      },
      { hosted },
    )
  })

  test('is out of service once its host says so', async () => {
    const loaded: HostedPlugin[] = []
    await withKernel(
      [join(folder, 'guest'), hostPlugin(loaded)],
      async (kernel) => {
        await kernel.extensions.get('things' as never, 'x')
        loaded[0]!.fail(new SpellError('HOST_SAYS', 'It is broken.'))
        const again = kernel.extensions.get('things' as never, 'x')
        await expect(again).rejects.toMatchObject({ code: 'HOST_SAYS', owner: 'guest' })
        expect(kernel.list().at(-1)).toMatchObject({ state: 'failed', registered: [] })
      },
      { hosted },
    )
  })

  test.each([
    ['fails', () => Promise.reject(new Error('broken')), 'DEPENDENCY_FAILED'],
    ['provides nothing', () => undefined, 'SERVICE_MISSING'],
    [
      'answers no plugin',
      (ctx: { provide(name: string, value: unknown): void }) =>
        ctx.provide('apart', { load: () => ({}) }),
      'PLUGIN_LOAD',
    ],
  ])('fails where its host %s', async (_, setup, code) => {
    const plugins = [join(folder, 'guest'), inline('host', offers, setup)]
    await withKernel(
      plugins,
      async ({ extensions }) => {
        await expect(extensions.get('things' as never, 'x')).rejects.toMatchObject({ code })
      },
      { hosted },
    )
  })
})
