import type { Access, ByteRange, FileEntry, FileFacts, Files } from '@llmspell/sdk'
import type { NewFile, OpenFile, Value, WriteOptions } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { extract as tarExtract } from 'tar-stream'
import { beforeEach, describe, expect, test } from 'vitest'
import plugin from './index.ts'
import { nameOf, twinKey } from './names.ts'
import { paxFacts, paxRecords } from './pax.ts'
import { tarHeader } from './tar-header.ts'
import { overlap } from './zip-overlap.ts'

const MODIFIED = '2024-02-29T12:30:00.000Z'

/** Files in memory, in portions of a chosen size. A folder is what its files say. */
class MemoryFiles implements Files {
  readonly contents = new Map<string, Uint8Array>()
  portion = 64 * 1024
  open_ = 0
  protects = (): boolean => false

  open = (path: string): Promise<OpenFile> => {
    const bytes = this.contents.get(path)
    if (!bytes) throw new SpellError('FILE_NOT_FOUND', `The file '${path}' does not exist.`)
    this.open_++
    const close = (): Promise<void> => Promise.resolve(void this.open_--)
    const read = (range?: ByteRange) => this.#read(bytes, range)
    return Promise.resolve({ path, size: bytes.length, read, close, [Symbol.asyncDispose]: close })
  }

  write = (path: string, _access: Access, { mode }: WriteOptions): Promise<NewFile> => {
    const created = !this.contents.has(path)
    if (!created && mode === 'create')
      throw new SpellError('FILE_EXISTS', `The file '${path}' exists already.`)
    const parts: Uint8Array[] = []
    const write = (bytes: Uint8Array) => Promise.resolve(void parts.push(Uint8Array.from(bytes)))
    const commit = () => {
      const bytes = Buffer.concat(parts)
      this.contents.set(path, bytes)
      return Promise.resolve({ bytes: bytes.length, created })
    }
    const abort = (): Promise<void> => Promise.resolve()
    return Promise.resolve({ path, write, commit, abort, [Symbol.asyncDispose]: abort })
  }

  stat = (path: string): Promise<FileFacts> => {
    if ([...this.contents.keys()].some((name) => name.startsWith(`${path}/`)))
      return Promise.resolve(this.#facts(path, 'folder'))
    if (this.contents.has(path)) return Promise.resolve(this.#facts(path, 'file'))
    throw new SpellError('FILE_NOT_FOUND', `The file '${path}' does not exist.`)
  }

  async *list(path: string): AsyncGenerator<FileEntry> {
    for (const name of [...this.contents.keys()].toSorted())
      if (name.startsWith(`${path}/`))
        yield await Promise.resolve({ ...this.#facts(name, 'file'), depth: 1 })
  }

  #facts(path: string, kind: FileFacts['kind']): FileFacts {
    const bytes = this.contents.get(path)?.byteLength ?? 0
    return { path, place: `/memory/${path}`, kind, bytes, modified: MODIFIED, mode: '0644' }
  }

  async *#read(bytes: Uint8Array, { offset = 0, length = Infinity }: ByteRange = {}) {
    const end = Math.min(bytes.length, offset + length)
    for (let at = offset; at < end; at += this.portion)
      yield await Promise.resolve(bytes.subarray(at, Math.min(end, at + this.portion)))
  }
}

const files = new MemoryFiles()
const config = { maxEntries: 10_000, maxBytes: 1 << 30, maxRatio: 100 }
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'archive',
  services: { files },
  config,
}
const bench = await toolBench(options)

files.contents.set('docs/notes.txt', Buffer.from('Lamps: three.\n'))
files.contents.set('docs/sub/empty.txt', new Uint8Array())
await bench.run({ operation: 'create', from: ['docs'], to: 'docs/notes.zip' })
const examples = new Map(files.contents)

toolSuite(options)

beforeEach(() => {
  files.contents.clear()
  for (const [name, bytes] of examples) files.contents.set(name, bytes)
  files.portion = 64 * 1024
})

/** Runs the tool, and looks that it has closed what it opened. */
async function run(input: { readonly [key: string]: Value }): Promise<Record<string, unknown>> {
  try {
    return (await bench.run(input)).result as Record<string, unknown>
  } finally {
    expect(files.open_).toBe(0)
  }
}

describe.each(['zip', 'tar', 'tar.gz', 'tar.zst'])('%s', (format) => {
  test('what goes in comes out, whatever it is and in whatever portions', async () => {
    const part = fc.string({ minLength: 1, maxLength: 120 }).filter((name) => {
      const found = nameOf(name)
      return 'path' in found && found.path === name
    })
    const content = fc.uint8Array({ maxLength: 2000 })
    const made = fc.uniqueArray(fc.tuple(part, content), {
      minLength: 1,
      maxLength: 5,
      selector: ([name]) => twinKey(name.split('/')[0]!),
    })
    const portion = fc.integer({ min: 1, max: 1000 })
    await fc.assert(
      fc.asyncProperty(made, portion, async (given, size) => {
        files.contents.clear()
        files.portion = size
        for (const [name, bytes] of given) files.contents.set(`in/${name}`, bytes)
        await run({ operation: 'create', from: ['in'], to: 'a', format })
        const listed = await run({ operation: 'list', path: 'a' })
        expect(listed).toMatchObject({ format, files: given.length, truncated: false })
        await run({ operation: 'extract', path: 'a', to: 'out' })
        for (const [name, bytes] of given)
          expect(files.contents.get(`out/in/${name}`)).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 30 },
    )
  })

  test('any of its bytes changed or lost: an error with a code, or files below the folder', async () => {
    files.contents.clear()
    const text = 'Lamps and kettles. '.repeat(60)
    files.contents.set('in/a.txt', Buffer.from(text))
    files.contents.set('in/b.txt', Buffer.from(text))
    await run({ operation: 'create', from: ['in'], to: 'a', format })
    const whole = files.contents.get('a')!
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const bytes = Uint8Array.from(whole.subarray(0, cut ? at : undefined))
          if (!cut) bytes[at]! ^= flip
          files.contents.clear()
          files.contents.set('b', bytes)
          const said = await run({ operation: 'extract', path: 'b', to: 'out' }).then(
            () => 'ok',
            (error: unknown) => (error as SpellError).code,
          )
          expect(said).toMatch(/^(?:ARCHIVE_[A-Z]+|ok)$/)
          files.contents.delete('b')
          const names = [...files.contents.keys()]
          expect(names.filter((name) => !name.startsWith('out/'))).toEqual([])
          // A tar has no checksum of contents; the others have, and nothing is half written.
          const texts = [...files.contents.values()].map(String)
          const wanted = said === 'ok' ? [text, text] : []
          expect(format === 'tar' ? wanted : texts).toEqual(wanted)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test.each(['gz', 'zst'])('%s holds one file, named after the archive', async (format) => {
  files.contents.set('one.txt', Buffer.from('Kettles.'))
  await run({ operation: 'create', from: ['one.txt'], to: `one.txt.${format}` })
  expect(await run({ operation: 'list', path: `one.txt.${format}` })).toMatchObject({
    format,
    entries: [{ name: 'one.txt', kind: 'file', bytes: 8 }],
  })
  await run({ operation: 'extract', path: `one.txt.${format}`, to: 'back' })
  expect(files.contents.get('back/one.txt')?.toString()).toBe('Kettles.')
})

test('a tar is one that others read, long names included', async () => {
  files.contents.clear()
  const names = ['in/short.txt', `in/${'é'.repeat(120)}.txt`]
  for (const name of names) files.contents.set(name, Buffer.from(name))
  await run({ operation: 'create', from: ['in'], to: 'a.tar' })
  const seen = new Map<string, string>()
  const extract = tarExtract()
  extract.end(files.contents.get('a.tar')!)
  for await (const entry of extract)
    seen.set(
      entry.header.name,
      Buffer.concat((await Array.fromAsync(entry)) as Buffer[]).toString(),
    )
  expect([...seen]).toEqual(names.toSorted().map((name) => [name, name]))
})

test('chosen entries alone are written, and a name that is not there is met with one that is', async () => {
  files.contents.clear()
  for (const name of ['in/a.txt', 'in/sub/b.txt', 'in/sub/c.txt'])
    files.contents.set(name, Buffer.from(name))
  await run({ operation: 'create', from: ['in'], to: 'a.zip' })
  const extract = { operation: 'extract', path: 'a.zip', to: 'out' }
  expect(await run({ ...extract, entries: ['./in/sub/'] })).toMatchObject({ files: 2 })
  expect([...files.contents.keys()].filter((name) => name.startsWith('out/'))).toEqual([
    'out/in/sub/b.txt',
    'out/in/sub/c.txt',
  ])
  await expect(run({ ...extract, to: 'no', entries: ['in/a.tx'] })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    hint: "Did you mean 'in/a.txt'?",
  })
})

test('what was written before a failure is told', async () => {
  files.contents.clear()
  for (const name of ['in/a.txt', 'in/b.txt']) files.contents.set(name, Buffer.from(name))
  await run({ operation: 'create', from: ['in'], to: 'a.zip' })
  files.contents.set('out/in/b.txt', Buffer.from('old'))
  await expect(run({ operation: 'extract', path: 'a.zip', to: 'out' })).rejects.toMatchObject({
    code: 'FILE_EXISTS',
    message: expect.stringContaining('Written before: 1 file.'),
    details: { written: ['in/a.txt'] },
  })
  expect(files.contents.get('out/in/b.txt')?.toString()).toBe('old')
  await run({ operation: 'extract', path: 'a.zip', to: 'out', mode: 'replace' })
  expect(files.contents.get('out/in/b.txt')?.toString()).toBe('in/b.txt')
})

test('the limits of its config hold, and progress is told', async () => {
  const few = await toolBench({ ...options, config: { ...config, maxEntries: 1, maxBytes: 20 } })
  const list = { operation: 'list', path: 'docs/notes.zip' }
  await expect(few.run(list)).rejects.toMatchObject({
    code: 'ARCHIVE_LIMIT',
    message: expect.stringContaining('at most 1 entries'),
    hint: expect.stringContaining('plugins.tool-archive.maxEntries'),
  })
  const seen: [number, number | undefined, string | undefined][] = []
  const progress = (...told: [number, number?, string?]) =>
    void seen.push([told[0], told[1], told[2]])
  const size = 20 * 1024 * 1024
  files.contents.set(
    'large.bin',
    new Uint8Array(size).map((_, i) => (i * i) >> 7),
  )
  await expect(
    few.run({ operation: 'create', from: ['large.bin'], to: 'a.tar' }),
  ).rejects.toMatchObject({ code: 'ARCHIVE_LIMIT' })
  expect(files.contents.has('a.tar')).toBe(false)
  await bench.run({ operation: 'create', from: ['large.bin'], to: 'a.tar' }, { progress })
  await bench.run({ operation: 'extract', path: 'a.tar', to: 'out' }, { progress })
  expect(seen.map(([, total, text]) => [total, text])).toEqual([
    [undefined, 'packed'],
    [undefined, 'checked'],
    [size, 'extracted'],
  ])
})

test('a call that was cancelled ends with its reason, and leaves nothing open', async () => {
  const stop = new AbortController()
  files.contents.set('large.bin', new Uint8Array(4 * 1024 * 1024))
  await bench.run({ operation: 'create', from: ['large.bin'], to: 'a.tar' })
  stop.abort(new SpellError('TIMEOUT', 'Too late.'))
  const run = bench.run({ operation: 'extract', path: 'a.tar', to: 'out' }, { signal: stop.signal })
  await expect(run).rejects.toMatchObject({ code: 'TIMEOUT' })
  expect(files.open_).toBe(0)
})

test('it says what it may change', () => {
  const effect = (input: object): unknown => bench.tool.effectOf?.(input as Value)
  expect(effect({ operation: 'list' })).toBe('pure')
  expect(effect({ operation: 'extract', mode: 'replace' })).toBe('idempotent')
  expect(effect({ operation: 'create' })).toBe('unsafe')
})

describe('refused', () => {
  test.each([
    [{ operation: 'list' }, "'path'"],
    [{ operation: 'list', path: 'a', to: 'b' }, "'to'"],
    [{ operation: 'extract', path: 'a' }, "'to'"],
    [{ operation: 'list', path: 'a', mode: 'replace' }, "'mode'"],
    [{ operation: 'create', from: ['docs'], to: 'a.zip', executable: true }, "'executable'"],
    [{ operation: 'extract', path: 'a', to: 'b', format: 'zip' }, "'format'"],
    [{ operation: 'create', from: ['in'], to: 'a.rar' }, '.tar.zst'],
    [{ operation: 'create', from: ['docs'], to: 'a.gz' }, 'one file for gz'],
  ])('%j', async (input, said) => {
    await expect(bench.run(input)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(said),
    })
  })
})

describe('any bytes', () => {
  test('are records of a header, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(['string', 'object']).toContain(typeof paxFacts(Buffer.from(bytes)))
      }),
    )
    const word = fc.string({ minLength: 1 }).filter((text) => !/[=\n]/.test(text))
    fc.assert(
      fc.property(fc.dictionary(word, fc.string({ unit: 'grapheme' })), (facts) => {
        fc.pre(
          Object.entries(facts)
            .flat()
            .every((text) => text.isWellFormed()),
        )
        const bytes = Buffer.from(Object.entries(facts).map(recordOf).join(''))
        expect(Object.fromEntries(paxRecords(bytes)!)).toEqual({ ...facts })
      }),
    )
  })

  test('are a header of a tar, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), (bytes) => {
        expect(typeof tarHeader(Buffer.from(bytes))).toBe('string')
      }),
    )
  })
})

function recordOf([key, value]: [string, string]): string {
  const rest = ` ${key}=${value}\n`
  let length = Buffer.byteLength(rest)
  while (length !== Buffer.byteLength(`${length}${rest}`))
    length = Buffer.byteLength(`${length}${rest}`)
  return `${length}${rest}`
}

test('no name that is taken leads out of a folder', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', '/', '\\', '....', '..%2f', 'C:', 'a', '．．', '..\u0000'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(part), fc.constantFrom('/', '\\', '//'), (parts, sign) => {
      const found = nameOf(parts.join(sign))
      const path = 'path' in found ? found.path : ''
      expect(new URL(`file:///root/${encodeURI(path)}`).pathname).toMatch(/^\/root\//)
      expect(path.split('/')).not.toContain('..')
      expect(path).not.toMatch(/^[\\/]|^[A-Za-z]:|\0/)
    }),
    { numRuns: 2000 },
  )
})

test('spans that share a byte are found', () => {
  const span = fc.tuple(fc.nat(50), fc.nat(10)).map(([start, length]) => ({
    start,
    end: start + length + 1,
    name: 'x',
  }))
  fc.assert(
    fc.property(fc.array(span), (spans) => {
      const used = spans.flatMap(({ start, end }) =>
        Array.from({ length: end - start }, (_, i) => start + i),
      )
      expect(overlap(spans) !== undefined).toBe(new Set(used).size < used.length)
    }),
  )
})
