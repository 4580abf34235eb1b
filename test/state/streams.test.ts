import { createHash } from 'node:crypto'
import type { Kernel } from '@llmspell/kernel'
import type { StateBackend } from '@llmspell/sdk'
import { getStream, putStream, removeStream, streamInfo } from '@llmspell/sdk/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dropFolders, newFolder, openState, SHELF } from './store.ts'

const MB = 1024 * 1024
const SIZE = (process.env['LLMSPELL_TEST_FULL'] === '1' ? 200 : 20) * MB

let kernel: Kernel
let store: StateBackend
beforeEach(async () => {
  kernel = await openState({ folder: newFolder() })
  store = await (await kernel.use('state')).backend()
})
afterEach(async () => {
  await kernel.stop()
  dropFolders()
})

async function* bytes(size: number, fill: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= 100_000)
    yield new Uint8Array(Math.min(left, 100_000)).fill(fill)
}

async function sumOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const sum = createHash('sha256')
  for await (const piece of source) sum.update(piece)
  return sum.digest('hex')
}

const pieces = (): Promise<unknown[]> => Array.fromAsync(store.entries({ kind: 'plugin' }))

test('a large value is kept and given in pieces', async () => {
  const info = await putStream(store, SHELF, 'film', bytes(SIZE, 1))
  expect(info).toMatchObject({ size: SIZE, sha256: await sumOf(bytes(SIZE, 1)) })
  expect(await streamInfo(store, SHELF, 'film')).toEqual(info)
  expect(await sumOf((await getStream(store, SHELF, 'film'))!)).toBe(info.sha256)
  expect(await Array.fromAsync(store.scope(SHELF).iterate(), ([key]) => key)).toEqual(['film'])
})

test('another takes its place at once, and leaves nothing behind', async () => {
  await putStream(store, SHELF, 'film', bytes(MB, 1))
  const reading = (await getStream(store, SHELF, 'film'))!.getReader()
  const { value: first } = await reading.read()
  await putStream(store, SHELF, 'film', bytes(MB + 1, 2))
  let size = first!.length
  for (let next = await reading.read(); !next.done; next = await reading.read())
    size += next.value.length
  expect(size).toBe(MB)
  expect(await pieces()).toHaveLength(5)
  expect(await removeStream(store, SHELF, 'film')).toBe(true)
  expect([await getStream(store, SHELF, 'film'), await pieces()]).toEqual([undefined, []])
})

test('a source that fails leaves the old one', async () => {
  const { sha256 } = await putStream(store, SHELF, 'film', bytes(MB, 1))
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* bytes(MB, 2)
    throw new Error('no more')
  }
  await expect(putStream(store, SHELF, 'film', failing())).rejects.toThrow('no more')
  expect(await sumOf((await getStream(store, SHELF, 'film'))!)).toBe(sha256)
  expect(await pieces()).toHaveLength(4)
})

test('of two at once one is whole, and the other is told', async () => {
  const both = [bytes(2 * MB, 1), bytes(3 * MB, 2)].map((source) =>
    putStream(store, SHELF, 'film', source),
  )
  const done = (await Promise.allSettled(both)).filter(({ status }) => status === 'fulfilled')
  expect(done.length).toBeGreaterThan(0)
  const info = (await streamInfo(store, SHELF, 'film'))!
  expect(await sumOf((await getStream(store, SHELF, 'film'))!)).toBe(info.sha256)
  expect(await pieces()).toHaveLength(info.chunks)
})

test('nothing at all is kept too', async () => {
  await putStream(store, SHELF, 'film', bytes(0, 1))
  expect(await Array.fromAsync((await getStream(store, SHELF, 'film'))!)).toEqual([])
})

test('a piece that is gone is told', async () => {
  const { stream } = await putStream(store, SHELF, 'film', bytes(MB, 1))
  for await (const { scope, key } of store.entries({ kind: 'plugin' }))
    if (key === `${stream}/000000002`) await store.scope(scope).delete(key)
  await expect(sumOf((await getStream(store, SHELF, 'film'))!)).rejects.toMatchObject({
    code: 'STATE_DAMAGED',
  })
})
