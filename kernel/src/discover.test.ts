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
    write('user/package.json', { dependencies: { c: '1.0.0' } })
    plugin('user/node_modules/c', 'c')
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
    write('user/package.json', { dependencies: { a: '1.0.0', b: '1.0.0' } })
    const plugins = [
      { id: 'a', package: 'a', version: '1.0.0', manifestHash: manifestHash(packageJson('a')) },
      {
        id: 'b',
        package: 'b',
        version: '1.0.0',
        manifestHash: manifestHash(packageJson('b', { version: '0.9.0' })),
      },
    ]
    write('user/plugins.lock.json', { plugins })
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
    ].map((entry) => ({ ...entry, manifestHash: manifestHash(packageJson(entry.id)) }))
    write('user/plugins.lock.json', { plugins })
    const { found, rejected } = find({ folder: join(home, 'user') })
    expect(found).toEqual(['a folder'])
    expect(rejected).toEqual([
      'b failed PLUGIN_NOT_FOUND',
      `${join(home, 'user/packages/gone')} failed PLUGIN_NOT_FOUND`,
    ])
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
