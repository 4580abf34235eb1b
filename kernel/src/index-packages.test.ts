import fs, {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { manifestOf } from '../test/plugins.ts'
import { discover } from './discover.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'llmspell-index-'))
  // What a test has just written is to count as old.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
  write('program.js', '1')
  write('app/package.json', { dependencies: { '@x/a': '*', b: '*', lib: '*' } })
  plugin('node_modules/@x/a', 'a')
  plugin('node_modules/b', 'b')
  write('node_modules/lib/package.json', { name: 'lib' })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(home, { recursive: true, force: true })
})

function write(path: string, value: unknown): void {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
}

const plugin = (path: string, id: string, version = '1.0.0'): void =>
  write(`${path}/package.json`, {
    name: id,
    version,
    engines: { llmspell: '^0.2.0' },
    llmspell: manifestOf(id),
  })

function find(more: { readonly reread?: boolean } = {}): readonly string[] {
  const packages = { file: join(home, 'app/package.json') }
  const index = { folder: join(home, 'kept'), program: join(home, 'program.js') }
  const { records, rejected } = discover({ packages, index, ...more })
  expect(rejected).toEqual([])
  return records.map(({ id, version, root }) => `${id} ${version} ${root!.slice(home.length)}`)
}

/** How many files were opened on the way. */
function opened(fn: () => unknown): number {
  const open = vi.spyOn(fs, 'openSync')
  fn()
  const { length } = open.mock.calls
  open.mockRestore()
  return length
}

const indexFile = (): string => join(home, 'kept', readdirSync(join(home, 'kept'))[0]!)
const FOUND = ['a 1.0.0 /node_modules/@x/a', 'b 1.0.0 /node_modules/b']
const ALL = 5

describe('the index of packages', () => {
  test('stands for all of them in the next start', () => {
    expect(find()).toEqual(FOUND)
    expect(opened(() => expect(find()).toEqual(FOUND))).toBe(1)
    expect(opened(() => find({ reread: true }))).toBe(ALL - 1)
    expect(statSync(indexFile()).mode & 0o777).toBe(0o600)
  })

  test.each<[string, () => void, readonly string[]]>([
    [
      'was updated in place',
      () => plugin('node_modules/b', 'b', '1.0.1'),
      ['b 1.0.1 /node_modules/b'],
    ],
    [
      'was replaced by another of its size and time',
      () => {
        const file = join(home, 'node_modules/b/package.json')
        const { atime, mtime } = statSync(file)
        plugin('node_modules/b', 'b', '9.9.9')
        utimesSync(file, atime, mtime)
      },
      ['b 9.9.9 /node_modules/b'],
    ],
    ['is gone', () => rmSync(join(home, 'node_modules/b'), { recursive: true }), []],
    ['is no plugin', () => write('node_modules/b/package.json', { name: 'b' }), []],
    ['is dropped', () => write('app/package.json', { dependencies: { '@x/a': '*' } }), []],
    [
      'lies nearer',
      () => plugin('app/node_modules/b', 'b', '2.0.0'),
      ['b 2.0.0 /app/node_modules/b'],
    ],
  ])('is read anew where a package %s', (_, change, expected) => {
    find()
    change()
    expect(find()).toEqual([FOUND[0], ...expected])
    const again = opened(() => expect(find()).toEqual([FOUND[0], ...expected]))
    expect(again).toBe(1)
  })

  test.each<[string, () => void]>([
    ['was touched', () => utimesSync(join(home, 'node_modules/b/package.json'), 1, 1)],
    ['says the same of another program', () => write('program.js', '2')],
    ['is of another kernel', () => edit((text) => text.replaceAll('"kernel":"', '"kernel":"9'))],
    ['is of another format', () => edit((text) => text.replaceAll('"format":1', '"format":2'))],
    ['is cut', () => edit((text) => text.slice(0, -9))],
    ['is half', () => edit((text) => text.slice(0, text.length / 2))],
    ['is empty', () => edit(() => '')],
    ['has one wrong letter', () => edit((text) => text.replace('1.0.0', '1.0.7'))],
    ['may be written by others', () => chmodSync(indexFile(), 0o666)],
    [
      'is somebody else’s',
      () => process.getuid?.() === 0 && chownSync(indexFile(), 12_345, 12_345),
    ],
    [
      'is a folder',
      () => (rmSync(indexFile()), mkdirSync(join(home, 'kept', 'x'), { recursive: true })),
    ],
  ])('is made anew where it %s', (name, change) => {
    find()
    change()
    const somebody = name.startsWith('is somebody') && process.getuid?.() !== 0
    expect(opened(() => expect(find()).toEqual(FOUND))).toBe(somebody ? 1 : ALL + 1)
    expect(opened(() => expect(find()).toEqual(FOUND))).toBe(1)
  })

  test('keeps nothing that is younger than its clock can tell, or of the future', () => {
    for (const now of [Date.now() - 60_000, 1000]) {
      vi.setSystemTime(now)
      expect(find()).toEqual(FOUND)
      expect(fs.existsSync(join(home, 'kept'))).toBe(false)
    }
  })

  test('is done without where there is no room for it', () => {
    write('kept', 'a file')
    expect([find(), find()]).toEqual([FOUND, FOUND])
    expect(readFileSync(join(home, 'kept'), 'utf8')).toBe('a file')
  })

  test('is not made of what has a fault', () => {
    write('node_modules/b/package.json', { name: 'b', llmspell: { id: 'b' } })
    const packages = { file: join(home, 'app/package.json') }
    const index = { folder: join(home, 'kept'), program: join(home, 'program.js') }
    for (const _ of [1, 2]) expect(discover({ packages, index }).rejected).toHaveLength(1)
    expect(fs.existsSync(join(home, 'kept'))).toBe(false)
  })
})

function edit(change: (text: string) => string): void {
  writeFileSync(indexFile(), change(readFileSync(indexFile(), 'utf8')))
}

describe('whatever stands in the index', () => {
  const part = fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 40 }))

  test('what is found is what is there: with bytes changed', () => {
    find()
    const bytes = readFileSync(indexFile())
    fc.assert(
      fc.property(part, ([at, length, put]) => {
        const from = at % bytes.length
        const rest = bytes.subarray(from + length)
        writeFileSync(indexFile(), Buffer.concat([bytes.subarray(0, from), put, rest]))
        expect(find()).toEqual(FOUND)
      }),
      { numRuns: 150 },
    )
  })

  test('what is found is what is there: with values of any shape', () => {
    find()
    const value = JSON.parse(readFileSync(indexFile(), 'utf8').split('\n')[0]!) as object
    const keys = fc.constantFrom('stamps', 'file', 'kernel', 'format', '__proto__')
    fc.assert(
      fc.property(keys, fc.jsonValue({ maxDepth: 4 }), (key, put) => {
        const packages = [['/nowhere', put], put]
        const text = JSON.stringify({ ...value, packages, [key]: put })
        writeFileSync(indexFile(), `${text}\n${text}`)
        expect(find()).toEqual(FOUND)
      }),
      { numRuns: 150 },
    )
  })
})
