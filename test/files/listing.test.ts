import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileEntry } from '@llmspell/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesWorld } from './support.ts'
import type { FilesWorld } from './support.ts'

let world: FilesWorld
beforeAll(async () => {
  world = await filesWorld({ maxEntries: 5000 })
})
afterAll(() => world[Symbol.asyncDispose]())

const list = (path: string, depth = 0): AsyncIterable<FileEntry> =>
  world.files.list(path, world.access({ read: ['.'] }), { depth })

test('what is deleted while it is listed is left out or flagged, and nothing is thrown', async () => {
  for (const name of ['a', 'b', 'c', 'd']) world.put(`gone/${name}/file.txt`)
  const seen: string[] = []
  for await (const { path, error } of list('gone', 3)) {
    seen.push(error === undefined ? path : `${path} ${error}`)
    if (path === 'gone/a') rmSync(join(world.root, 'gone'), { recursive: true })
  }
  expect(seen).toEqual([
    'gone/a',
    'gone/b FILE_NOT_FOUND',
    'gone/c FILE_NOT_FOUND',
    'gone/d FILE_NOT_FOUND',
  ])
})

test('a folder that becomes a link while it is listed is not gone through', async () => {
  world.put('turned/a/file.txt')
  world.put('turned/b/file.txt')
  writeFileSync(join(world.outside, 'secret.txt'), '')
  const seen: string[] = []
  for await (const { path, error } of list('turned', 3)) {
    seen.push(error === undefined ? path : `${path} ${error}`)
    if (path !== 'turned/a') continue
    rmSync(join(world.root, 'turned/b'), { recursive: true })
    symlinkSync(world.outside, join(world.root, 'turned/b'))
  }
  expect(seen).toEqual(['turned/a', 'turned/a/file.txt', 'turned/b FILE_NOT_FOUND'])
})

test('a folder of very many entries ends at the limit', async () => {
  mkdirSync(join(world.root, 'many'))
  for (let i = 0; i < 6000; i++) writeFileSync(join(world.root, 'many', String(i)), '')
  let count = 0
  const counting = (async () => {
    for await (const entry of list('many')) count += entry.depth
  })()
  await expect(counting).rejects.toMatchObject({ code: 'FILES_LIMIT' })
  expect(count).toBe(5000)
})

test('a tree of very many folders, one in the other, ends at the depth', async () => {
  const deep = join(world.root, 'deep', ...Array.from({ length: 400 }, () => 'x'))
  mkdirSync(deep, { recursive: true })
  const entries = await Array.fromAsync(list('deep', Infinity))
  expect(entries).toHaveLength(64)
  expect(entries.at(-1)).toMatchObject({ depth: 64, error: 'FILES_LIMIT' })
})

test('a reader that stops early leaves nothing open', async () => {
  const open = (): number => process.getActiveResourcesInfo().length
  const before = open()
  for (let i = 0; i < 50; i++) for await (const { depth } of list('deep', 9)) if (depth > 5) break
  expect(open()).toBeLessThanOrEqual(before + 1)
})
