import fs, { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Manifest } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { manifestOf, type ManifestParts } from '../test/plugins.ts'
import { discover } from './discover.ts'
import { indexFolder } from './index-lock.ts'
import { manifestHash } from './lock.ts'
import { packageFiles } from './package-files.ts'
import { withKernel } from './testing.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'llmspell-locked-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const CODE = `export default { $llmspell: 'plugin/2', setup(ctx) { ctx.provide('clock', 1) } }`

function write(path: string, value: unknown): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
}

const jsonOf = (id: string, parts: ManifestParts = {}) => ({
  name: id,
  version: '1.0.0',
  description: 'Not kept.',
  type: 'module',
  engines: { llmspell: '^0.2.0' },
  llmspell: manifestOf(id, { permissions: { read: ['a'] }, ...parts }),
})

/** Installs plugins of these ids; the first provides a clock. */
function install(...ids: readonly string[]): void {
  const plugins = ids.map((id, index) => {
    const json = jsonOf(id, index === 0 ? { provides: { clock: '1.0.0' } } : {})
    write(`packages/${id}/package.json`, json)
    write(`packages/${id}/index.js`, CODE)
    const root = `packages/${id}`
    const files = packageFiles(join(folder, root)).hash
    return { id, root, manifestHash: manifestHash(json), files, trusted: true }
  })
  write('plugins.lock.json', { plugins })
}

function found(more: { readonly reread?: boolean } = {}): readonly string[] {
  const { records, rejected } = discover({ folder, ...more })
  return [
    ...records.map(({ id, kept }) => `${id} ${kept ? 'kept' : 'read'}`),
    ...rejected.map(({ id, problems }) => `${id} ${problems[0]?.code}`),
  ]
}

/** How many files were opened on the way. */
function opened(fn: () => unknown): number {
  const open = vi.spyOn(fs, 'openSync')
  fn()
  const { length } = open.mock.calls
  open.mockRestore()
  return length
}

interface Index {
  readonly manifests: Record<string, { llmspell: Manifest }>
}

/** Changes what the index says, as only somebody with its format at hand would. */
function forge(change: (manifest: Record<string, unknown>) => void): void {
  const file = join(folder, 'plugins.index.json')
  const index = JSON.parse(readFileSync(file, 'utf8').split('\n')[0]!) as Index
  for (const { llmspell } of Object.values(index.manifests)) change(llmspell as never)
  const text = JSON.stringify(index)
  writeFileSync(file, `${text}\n${text}`)
}

const loaded = () => withKernel([], (kernel) => kernel.use('clock' as 'schemas'), { folder })

describe('the index of a plugin folder', () => {
  test.each([1, 100])('is read in the place of %d package.json files', (count) => {
    const ids = Array.from({ length: count }, (_, index) => `p${index}`)
    install(...ids)
    expect(opened(() => expect(found()).toEqual(ids.map((id) => `${id} read`)))).toBe(count + 3)
    indexFolder(folder)
    expect(opened(() => expect(found()).toEqual(ids.map((id) => `${id} kept`)))).toBe(3)
  })

  test('loads what was accepted', async () => {
    install('a')
    indexFolder(folder)
    expect(await loaded()).toBe(1)
  })

  test('is made by a start that may keep what it reads, and by no other', () => {
    install('a')
    expect(found()).toEqual(['a read'])
    const index = { folder: join(folder, 'kept'), program: folder }
    discover({ folder, index, reread: true })
    expect(found()).toEqual(['a read'])
    discover({ folder, index })
    expect(found()).toEqual(['a kept'])
    expect(found({ reread: true })).toEqual(['a read'])
  })

  test.each<[string, () => void, readonly string[]]>([
    ['a newer lock', () => install('a', 'b'), ['a kept', 'b read']],
    ['a lock without it', () => write('plugins.lock.json', { plugins: [] }), []],
    [
      'a lock of another manifest',
      () => {
        install('b')
        const plugins = [{ id: 'b', root: 'packages/b', manifestHash: 'other', trusted: true }]
        write('plugins.lock.json', { plugins })
      },
      ['b INTEGRITY'],
    ],
    ['nonsense in it', () => write('plugins.index.json', '{"manifests":'), ['a read']],
    ['an index without text', () => write('plugins.index.json', ''), ['a read']],
    ['an invalid manifest in it', () => forge((manifest) => (manifest['phase'] = 5)), ['a read']],
    ['another id in it', () => forge((manifest) => (manifest['id'] = 'b')), ['a read']],
  ])('counts for nothing beside %s', (_, change, expected) => {
    install('a')
    indexFolder(folder)
    change()
    expect(found()).toEqual(expected)
  })

  test.each<[string, () => void]>([
    [
      'the package.json',
      () => write('packages/a/package.json', jsonOf('a', { provides: { clock: '1.0.1' } })),
    ],
    ['a package.json that is gone', () => rmSync(join(folder, 'packages/a/package.json'))],
    ['a package.json without sense', () => write('packages/a/package.json', '[')],
    [
      'the permissions in the index',
      () => forge((manifest) => (manifest['permissions'] = { read: ['/'] })),
    ],
    ['the entry in the index', () => forge((manifest) => (manifest['main'] = './other.js'))],
    ['the points in the index', () => forge((manifest) => (manifest['contributes'] = {}))],
  ])('loads nothing where another put in %s', async (_, change) => {
    install('a')
    indexFolder(folder)
    change()
    expect(found()).toEqual(['a kept'])
    await expect(loaded()).rejects.toMatchObject({ code: 'INTEGRITY', owner: 'a' })
  })
})
