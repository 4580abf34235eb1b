import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HostileRegistry } from './hostile-registry.ts'
import { openStore, YES, type OpenStore } from './open.ts'
import { code, plugin, type Parts } from './plugins.ts'
import { npmEnv, packed } from './registry.ts'
import { tarball, type TarEntry } from './tar.ts'

const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
let folder: string
let registry: HostileRegistry
let open: OpenStore
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-refused-'))
  registry = await HostileRegistry.start()
  Object.assign(process.env, npmEnv(registry.origin, folder))
  open = await openStore(join(folder, 'store'))
})
afterAll(async () => {
  await open[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const install = (spec: string): Promise<unknown> => open.store.install([spec], YES)
const archive = (name: string, data: Buffer): string => {
  const file = join(folder, `${name}.tgz`)
  writeFileSync(file, data)
  return file
}

/** Nothing is installed, and nothing is left. */
async function isUntouched(): Promise<void> {
  const store = join(folder, 'store')
  expect(await open.store.list()).toEqual([])
  for (const name of ['staging', 'packages'])
    expect(existsSync(join(store, name)) ? readdirSync(join(store, name)) : []).toEqual([])
}

describe('what is no name of a package', () => {
  test.each([
    '',
    ' ',
    '-g',
    '--evil',
    '--registry=http://evil.example',
    '../nowhere-at-all',
    './nowhere',
    'file:',
    'file:../nowhere-at-all',
    '/nowhere',
    'https://evil.example/x.tgz',
    'git+ssh://git@evil.example/x',
    'github:evil/x',
    'evil/x',
    'git@evil.example:x',
    'npm:evil@1',
    'x@npm:evil',
    'x@file:..',
    'x@-g',
    'X',
    '@x',
    '@x/',
    '.hidden',
    'node_modules/..',
    'x y',
    'x\nevil',
    '\u202Ex',
  ])('%j is refused before npm is asked', async (spec) => {
    await expect(install(spec)).rejects.toMatchObject({ code: 'PLUGIN_SPEC' })
    await isUntouched()
  })
})

describe('what is no plugin', () => {
  const rows: readonly (readonly [string, Parts, Record<string, string>, string])[] = [
    [
      'has a broken manifest',
      { manifest: { phase: 'never' } },
      { 'index.js': code() },
      'PLUGIN_INVALID',
    ],
    ['misses its main', {}, { 'other.js': '1' }, 'PLUGIN_UNUSABLE'],
    [
      'needs what nobody provides',
      { manifest: { requires: { nobody: '^1' } } },
      { 'index.js': code() },
      'PLUGIN_UNUSABLE',
    ],
    [
      'is for another contract',
      { more: { engines: { llmspell: '^9.0.0' } } },
      { 'index.js': code() },
      'PLUGIN_UNUSABLE',
    ],
    [
      'has the id of one that is there',
      { manifest: { id: 'plugin-store' } },
      { 'index.js': code() },
      'PLUGIN_UNUSABLE',
    ],
    ['has no manifest', { more: { llmspell: undefined }, manifest: {} }, {}, 'PLUGIN_INVALID'],
  ]
  test.each(FULL ? rows : rows.slice(0, 2))('%s', async (_, parts, files, expected) => {
    const json = { ...plugin('odd', parts), ...parts.more }
    await expect(install(archive('odd', packed(json, files)))).rejects.toMatchObject({
      code: expected,
    })
    await isUntouched()
  })
})

describe('a hostile archive', () => {
  const WHOLE: readonly TarEntry[] = [
    { path: 'package/package.json', text: JSON.stringify(plugin('evil')) },
    { path: 'package/index.js', text: code('1.0.0', ['evil']) },
  ]
  test('writes nothing outside, and brings no link', async () => {
    const victim = join(folder, 'victim')
    const data = tarball([
      ...WHOLE,
      { path: 'package/../../../../victim', text: 'evil' },
      { path: '../../../victim', text: 'evil' },
      { path: victim, text: 'evil' },
      { path: 'package/link', type: '2', target: '/etc/passwd' },
      { path: 'package/up', type: '2', target: '../../..' },
      { path: 'package/up/victim', text: 'evil' },
      { path: 'package/hard', type: '1', target: '/etc/passwd' },
    ])
    await install(archive('evil', data)).catch(() => undefined)
    const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    expect(all.filter((entry) => entry.isSymbolicLink())).toEqual([])
    const outside = all.filter(
      ({ name, parentPath }) => name === 'victim' && !parentPath.includes('node_modules'),
    )
    expect(outside).toEqual([])
    const [row] = await open.store.list()
    if (row) await open.store.uninstall([row.id])
  })
})

describe('a dependency that is a folder of the user', () => {
  test('is not copied', async () => {
    const { store } = open
    mkdirSync(join(folder, 'private'))
    writeFileSync(join(folder, 'private', 'package.json'), '{"name":"private","version":"1.0.0"}')
    const dependencies = { private: `file:${join(folder, 'private')}` }
    registry.add(plugin('thief', { more: { dependencies } }), { 'index.js': code() }, 'plain')
    const failed = await store
      .install(['llmspell-plugin-thief'], YES)
      .catch((error: Error) => error)
    // An npm of today refuses it itself.
    expect(failed).toMatchObject({ code: expect.stringMatching(/^(?:NPM_FAILED|PLUGIN_INVALID)$/) })
    await isUntouched()
  })
})

describe('a hostile registry', () => {
  const rows = [
    ['lies', /integrity|EINTEGRITY/i],
    ['moves', /integrity|EINTEGRITY/i],
    ['fails', /500/],
    ['hangs', /did not end within/],
  ] as const
  test.each(rows)('that %s changes nothing', async (does, told) => {
    // Where it hangs, npm ends with its time; nowhere else may that be short.
    const short = does === 'hangs' ? { timeout_ms: 1500 } : {}
    await using own = await openStore(join(folder, 'store'), short)
    const { store } = own
    registry.add(plugin(does, { tools: [does] }), { 'index.js': code('1.0.0', [does]) }, does)
    const before = existsSync(join(folder, 'store', 'plugins.lock.json'))
    const failed = await store
      .install([`llmspell-plugin-${does}`], YES)
      .catch((error: Error) => error)
    expect(failed).toMatchObject({ code: 'NPM_FAILED', message: expect.stringMatching(told) })
    expect(existsSync(join(folder, 'store', 'plugins.lock.json'))).toBe(before)
    expect(await store.health()).toEqual([])
  })
})
