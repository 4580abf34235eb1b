import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Artifacts } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openStore } from './open.ts'
import type { Store } from './store.ts'

const LIMITS = { maxBytes: 1024 * 1024, maxTotalBytes: 2 * 1024 * 1024 }
const FACTS = { name: 'a.txt', mime: 'text/plain', run: 'run-1' }
let folder = ''
let store: Store

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'artifacts-')), 'store')
  store = (await openStore({ ...LIMITS, folder })).store
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const idOf = (content: Uint8Array): string =>
  `sha256-${createHash('sha256').update(content).digest('hex')}`

async function text(from: Artifacts, id: string, range?: object): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of from.read(id, range)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error)

async function* many(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(new Uint8Array(size).fill(i))
}

/** Names of the files that are there, sorted. */
const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort()

describe('a content', () => {
  test('is kept under its hash, with what is known of it', async () => {
    const info = await store.save(bytes('roses'), { ...FACTS, metadata: { type: 'poem' } })
    expect(info).toEqual({
      id: idOf(bytes('roses')),
      ...FACTS,
      bytes: 5,
      created: expect.stringMatching(/^\d{4}-.*Z$/),
      metadata: { type: 'poem' },
    })
    expect(await store.info(info.id)).toEqual(info)
    expect(await text(store, info.id)).toBe('roses')
    expect(await text(store, info.id, { offset: 1, length: 3 })).toBe('ose')
    expect(await text(store, info.id, { offset: 9 })).toBe('')
  })

  test('is there for the next process', async () => {
    const { id } = await store.save(bytes('roses'), FACTS)
    const next = (await openStore({ ...LIMITS, folder })).store
    expect(await text(next, id)).toBe('roses')
  })

  test('comes as a stream and is stored once', async () => {
    const one = await store.save(many(3, 1000), FACTS)
    const other = await store.save(many(3, 1000), { ...FACTS, name: 'b.txt', run: 'run-2' })
    expect(other).toMatchObject({ id: one.id, bytes: 3000, name: 'b.txt', created: one.created })
    expect(files()).toHaveLength(2)
    expect(await store.list()).toHaveLength(1)
    expect(await store.list({ run: 'run-1' })).toHaveLength(1)
    expect(await store.list({ run: 'run-3' })).toEqual([])
  })

  test('may be empty', async () => {
    const { id } = await store.save(new Uint8Array(), FACTS)
    expect(await text(store, id)).toBe('')
  })

  test('goes when the last run that stored it lets go', async () => {
    const { id } = await store.save(bytes('x'), FACTS)
    await store.save(bytes('x'), { ...FACTS, run: 'run-2' })
    expect(await store.leave(id, 'run-1')).toBe(true)
    expect(await text(store, id)).toBe('x')
    expect(await store.leave(id, 'run-2')).toBe(true)
    expect(await store.remove(id)).toBe(false)
    expect(files()).toEqual([])
  })

  test.skipIf(process.platform === 'win32')('is for its owner alone', async () => {
    const { id } = await store.save(bytes('roses'), FACTS)
    const modes = [store.fileOf(id), `${store.fileOf(id)}.json`, folder, join(folder, 'tmp')].map(
      (file) => (statSync(file).mode & 0o777).toString(8),
    )
    expect(modes).toEqual(['600', '600', '700', '700'])
  })
})

describe('damage', () => {
  test.each([
    ['another byte', 'rosen'],
    ['a byte less', 'rose'],
    ['nothing', ''],
  ])('%s is told, for a part too', async (_what, content) => {
    const { id } = await store.save(bytes('roses'), FACTS)
    writeFileSync(store.fileOf(id), content)
    const damaged = { code: 'ARTIFACT_DAMAGED', hint: expect.stringContaining(id) }
    expect(await failure(text(store, id))).toMatchObject(damaged)
    expect(await failure(text(store, id, { offset: 1, length: 1 }))).toMatchObject(damaged)
  })

  test('that comes after a good look is told', async () => {
    const { id } = await store.save(bytes('roses'), FACTS)
    expect(await text(store, id)).toBe('roses')
    writeFileSync(store.fileOf(id), 'rosen')
    expect(await failure(text(store, id, { offset: 4 }))).toMatchObject({
      code: 'ARTIFACT_DAMAGED',
    })
  })

  test('gives no last piece', async () => {
    const { id } = await store.save(many(1, 200_000), FACTS)
    writeFileSync(store.fileOf(id), new Uint8Array(200_000).fill(7))
    let seen = 0
    const read = async (): Promise<void> => {
      for await (const piece of store.read(id)) seen += piece.byteLength
    }
    expect(await failure(read())).toMatchObject({ code: 'ARTIFACT_DAMAGED' })
    expect(seen).toBeLessThan(200_000)
  })

  test('a link in the place of a content is not followed', async () => {
    const { id } = await store.save(bytes('roses'), FACTS)
    rmSync(store.fileOf(id))
    symlinkSync('/etc/hostname', store.fileOf(id))
    expect(await failure(text(store, id))).toMatchObject({ code: 'ARTIFACT_DAMAGED' })
  })

  test('of a record hides no other artifact, and can be removed', async () => {
    const { id } = await store.save(bytes('roses'), FACTS)
    await store.save(bytes('violets'), FACTS)
    writeFileSync(`${store.fileOf(id)}.json`, '{"id":')
    expect(await failure(store.info(id))).toMatchObject({ code: 'ARTIFACT_DAMAGED' })
    expect(await store.list()).toHaveLength(1)
    expect(await store.remove(id)).toBe(true)
  })

  test('is healed by storing the same again', async () => {
    const { id } = await store.save(bytes('roses'), FACTS)
    writeFileSync(store.fileOf(id), 'rosen')
    await store.save(bytes('roses'), FACTS)
    expect(await text(store, id)).toBe('roses')
  })
})

describe('names that are no ids', () => {
  test.each([
    '',
    'sha256-',
    '../../etc/passwd',
    `sha256-${'a'.repeat(63)}/`,
    `sha256-${'A'.repeat(64)}`,
  ])('%j is not there', async (id) => {
    for (const work of [store.info(id), text(store, id), store.remove(id)])
      expect(await failure(work)).toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
  })

  test('a good one without a content is not there', async () => {
    expect(await failure(store.info(idOf(bytes('?'))))).toMatchObject({
      code: 'ARTIFACT_NOT_FOUND',
    })
  })
})

describe('limits', () => {
  test('one that is too large leaves nothing', async () => {
    expect(await failure(store.save(many(2000, 1000), FACTS))).toMatchObject({
      code: 'ARTIFACT_TOO_LARGE',
      hint: expect.stringContaining('plugins.artifacts.maxBytes'),
    })
    expect(files()).toEqual([])
  })

  test('all together are counted, also while they come, and what is removed makes room', async () => {
    const part = (first: number): Uint8Array => new Uint8Array(1_000_000).fill(first)
    const { id } = await store.save(part(1), FACTS)
    await store.save(part(1), FACTS)
    await store.save(part(2), FACTS)
    expect(await failure(store.save(part(3), FACTS))).toMatchObject({
      code: 'ARTIFACT_TOO_LARGE',
      hint: expect.stringContaining('maxTotalBytes'),
    })
    await store.remove(id)
    expect(await store.save(part(3), FACTS)).toMatchObject({ bytes: 1_000_000 })
  })

  test('a source that fails leaves nothing and raises its own error', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes('a'))
      throw new TypeError('broken')
    }
    expect(await failure(store.save(broken(), FACTS))).toBeInstanceOf(TypeError)
    expect(files()).toEqual([])
  })
})

describe('the folder', () => {
  test.skipIf(process.platform === 'win32')('that others may write is not used', async () => {
    chmodSync(folder, 0o777)
    expect(await failure(openStore({ ...LIMITS, folder }))).toMatchObject({
      code: 'ARTIFACT_FAILED',
    })
  })

  test('must be absolute', async () => {
    expect(await failure(openStore({ ...LIMITS, folder: 'here' }))).toMatchObject({
      code: 'CONFIG_INVALID',
    })
  })

  test('loses what a killed writer left, after a day', async () => {
    const [old, young] = ['old', 'young'].map((name) => join(folder, 'tmp', name)) as [
      string,
      string,
    ]
    mkdirSync(join(folder, 'tmp'), { recursive: true })
    for (const file of [old, young]) writeFileSync(file, 'x')
    utimesSync(old, new Date(0), new Date(0))
    await openStore({ ...LIMITS, folder })
    expect([existsSync(old), existsSync(young)]).toEqual([false, true])
  })

  test('for this process only is gone at the end', async () => {
    const { store: own, dispose } = await openStore(LIMITS)
    const { id } = await own.save(bytes('roses'), FACTS)
    const file = own.fileOf(id)
    expect(existsSync(file)).toBe(true)
    await dispose()
    expect(existsSync(join(file, '..', '..'))).toBe(false)
  })
})
