import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inline, manifestOf } from '../test/plugins.ts'
import { discover } from './discover.ts'
import { manifestHash, readLock } from './lock.ts'
import type { KernelOptions } from './options.ts'

let home = ''
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'llmspell-discover-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

function write(path: string, value: unknown): string {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(value))
  return file
}

function packageJson(id: string, more: object = {}) {
  return {
    name: id,
    version: '1.0.0',
    engines: { llmspell: '^0.2.0' },
    llmspell: manifestOf(id),
    ...more,
  }
}

/** Writes a plugin package and gives its folder. */
const plugin = (path: string, id: string): string =>
  dirname(write(`${path}/package.json`, packageJson(id)))

/** A plugin folder whose lock has these plugins with what it says of each. */
function accept(folder: string, plugins: Readonly<Record<string, object>>): void {
  const ids = Object.keys(plugins)
  write(`${folder}/package.json`, { dependencies: Object.fromEntries(ids.map((id) => [id, '*'])) })
  const entry = (id: string) => ({ id, package: id, version: '1.0.0', ...plugins[id] })
  const rows = ids.map((id) => ({ manifestHash: manifestHash(packageJson(id)), ...entry(id) }))
  write(`${folder}/plugins.lock.json`, { plugins: rows })
}

const acceptedAs = (id: string) => ({
  manifestHash: manifestHash(packageJson(id)),
  files: 'not compared here',
  trusted: true,
})

function find(options: KernelOptions) {
  const { records, rejected, problems } = discover(options)
  return {
    found: records.map(({ id, source }) => `${id} ${source}`),
    rejected: rejected.map(({ id, state, problems: [first] }) => `${id} ${state} ${first?.code}`),
    problems,
  }
}

describe('sources', () => {
  test('are read in their order', () => {
    const names = { a: '*', 'not-a-plugin': '*', absent: '*' }
    const file = write('app/package.json', {
      dependencies: names,
      optionalDependencies: { b: '*' },
    })
    plugin('app/node_modules/a', 'a')
    plugin('node_modules/b', 'b')
    write('node_modules/not-a-plugin/package.json', { name: 'not-a-plugin' })
    plugin('user/node_modules/c', 'c')
    accept('user', { c: { trusted: true } })
    const linked = [plugin('work/d', 'd')]
    const plugins = [inline('e')]
    expect(find({ plugins, packages: { file }, folder: join(home, 'user'), linked })).toEqual({
      found: ['e host', 'a packages', 'b packages', 'c folder', 'd linked'],
      rejected: [],
      problems: [],
    })
  })

  test('of the host are folders, URLs, names and objects', () => {
    plugin('node_modules/@scope/a', 'a')
    const plugins = [
      '@scope/a',
      plugin('b', 'b'),
      pathToFileURL(plugin('c', 'c')),
      pathToFileURL(plugin('d', 'd')).href,
    ]
    const from = join(home, 'deep', 'inside')
    mkdirSync(from, { recursive: true })
    expect(find({ plugins, from }).found).toEqual(['a host', 'b host', 'c host', 'd host'])
  })

  test('report a plugin of the plugin folder that has gone missing', () => {
    write('user/package.json', { dependencies: { gone: '1.0.0' } })
    expect(find({ folder: join(home, 'user') }).rejected).toEqual(['gone failed PLUGIN_NOT_FOUND'])
  })

  test('may name one folder twice', () => {
    const a = plugin('a', 'a')
    expect(find({ plugins: [a], linked: [a] }).found).toEqual(['a host'])
  })

  test('that do not exist are named; an absent plugin folder is none', () => {
    const missing = find({
      plugins: ['nowhere', join(home, 'gone')],
      packages: { file: join(home, 'package.json') },
      folder: join(home, 'user'),
      from: home,
    })
    expect(missing.found).toEqual([])
    expect(missing.rejected).toEqual([
      'nowhere failed PLUGIN_NOT_FOUND',
      `${join(home, 'gone')} failed PLUGIN_NOT_FOUND`,
      `${join(home, 'package.json')} failed PLUGIN_NOT_FOUND`,
    ])
  })

  test('keep the facts of the package', () => {
    const root = dirname(
      write('a/package.json', packageJson('a', { name: '@x/a', version: '2.0.0' })),
    )
    const [found] = discover({ plugins: [root] }).records
    expect(found).toMatchObject({ package: '@x/a', version: '2.0.0', root, engine: '^0.2.0' })
    const odd = dirname(
      write('odd/package.json', { name: 7, engines: 'any', llmspell: manifestOf('odd') }),
    )
    expect(discover({ plugins: [odd] }).records[0]).toMatchObject({
      package: odd,
      version: '0.0.0',
      engine: '',
    })
  })

  test('never make it throw', () => {
    writeFileSync(join(home, 'package.json'), '[1, 2')
    expect(find({ linked: [home], folder: home }).rejected).toHaveLength(2)
    write('list/package.json', [])
    expect(find({ linked: [join(home, 'list')] }).rejected).toHaveLength(1)
  })
})

describe('the lock', () => {
  test('lets through what was accepted, and skips what changed since', () => {
    plugin('user/node_modules/a', 'a')
    plugin('user/node_modules/b', 'b')
    const older = manifestHash(packageJson('b', { version: '0.9.0' }))
    accept('user', { a: { trusted: true }, b: { trusted: true, manifestHash: older } })
    const result = find({ folder: join(home, 'user') })
    expect(result).toMatchObject({ found: ['a folder'], rejected: ['b skipped INTEGRITY'] })
  })

  test('names folders of packages inside the plugin folder', () => {
    plugin('user/packages/one/node_modules/a', 'a')
    plugin('elsewhere', 'b')
    const plugins = [
      { id: 'a', root: 'packages/one/node_modules/a' },
      { id: 'b', root: '../elsewhere' },
      { id: 'c', root: 'packages/gone' },
    ].map((entry) => ({ ...entry, ...acceptedAs(entry.id) }))
    write('user/plugins.lock.json', { plugins })
    const { found, rejected } = find({ folder: join(home, 'user') })
    expect(found).toEqual(['a folder'])
    expect(rejected).toEqual([
      'b failed PLUGIN_NOT_FOUND',
      `${join(home, 'user/packages/gone')} failed PLUGIN_NOT_FOUND`,
    ])
  })

  test('that names a folder and no hash of its files lets nothing through', () => {
    plugin('user/packages/one/node_modules/a', 'a')
    const { files: _, ...entry } = acceptedAs('a')
    const plugins = [{ id: 'a', root: 'packages/one/node_modules/a', ...entry }]
    write('user/plugins.lock.json', { plugins })
    expect(find({ folder: join(home, 'user') })).toMatchObject({
      found: [],
      rejected: ['a skipped INTEGRITY'],
    })
  })

  test.each([
    ['neither trusts nor hosts', {}, undefined, 'skipped PLUGIN_UNTRUSTED'],
    [
      'trusts by something else than true',
      { trusted: 'yes' },
      undefined,
      'skipped PLUGIN_UNTRUSTED',
    ],
    [
      'names a host by something else than text',
      { host: 5 },
      undefined,
      'skipped PLUGIN_UNTRUSTED',
    ],
    [
      'names a host by something else than text, and trusts',
      { host: ['apart'], trusted: true },
      undefined,
      'skipped PLUGIN_UNTRUSTED',
    ],
    ['trusts', { trusted: true }, undefined, 'in process'],
    ['names a host', { host: 'apart' }, undefined, 'in apart'],
    ['says both', { host: 'apart', trusted: true }, undefined, 'in apart'],
    ['trusts, but the option hosts', { trusted: true }, { a: 'other' }, 'in other'],
    ['says nothing, but the option hosts', {}, { a: 'other' }, 'in other'],
  ])('that %s', (_, entry, hosted, expected) => {
    plugin('user/node_modules/a', 'a')
    accept('user', { a: entry })
    const { records, rejected } = discover({
      folder: join(home, 'user'),
      ...(hosted ? { hosted: hosted as Record<string, string> } : {}),
    })
    const ran = records.map(({ host }) => (host === undefined ? 'in process' : `in ${host}`))
    const out = rejected.map(({ state, problems: [first] }) => `${state} ${first?.code}`)
    expect([...ran, ...out]).toEqual([expected])
  })

  test('that does not know a plugin of the plugin folder: it is not used', () => {
    plugin('user/node_modules/a', 'a')
    write('user/package.json', { dependencies: { a: '1.0.0' } })
    const folder = join(home, 'user')
    expect(find({ folder }).rejected).toEqual(['a skipped INTEGRITY'])
    expect(find({ folder, hosted: { a: 'process' } }).rejected).toEqual(['a skipped INTEGRITY'])
    expect(find({ folder, disabled: ['a'] }).rejected).toEqual(['a skipped PLUGIN_DISABLED'])
  })

  test('has no say over plugins of other places', () => {
    accept('user', { a: { host: 'process' } })
    const linked = [plugin('work/a', 'a')]
    const [first] = discover({ linked, lock: join(home, 'user/plugins.lock.json') }).records
    expect(first).toMatchObject({ id: 'a', host: undefined })
  })

  test('that is none is a problem of the kernel, not a crash', () => {
    const lock = write('plugins.lock.json', { plugins: [{ name: 'a' }] })
    expect(find({ lock }).problems).toMatchObject([
      { plugin: 'kernel', code: 'INTEGRITY', path: lock },
    ])
    expect(() => readLock(lock)).toThrow('is no lock')
  })

  test('that is absent is empty', () => {
    expect(readLock(join(home, 'none.json'))).toEqual({ plugins: [] })
  })

  test('hash changes with what it covers, and only with that', () => {
    const hash = manifestHash(packageJson('a'))
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(manifestHash(packageJson('a', { description: 'new' }))).toBe(hash)
    expect(
      manifestHash(packageJson('a', { llmspell: manifestOf('a', { phase: 'globals' }) })),
    ).not.toBe(hash)
  })
})
