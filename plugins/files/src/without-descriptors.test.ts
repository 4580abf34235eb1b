import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WriteOptions } from '@llmspell/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesWorld } from '../../../test/files/support.ts'
import type { FilesWorld } from '../../../test/files/support.ts'
import type { Means } from './asked.ts'
import { listFolder } from './list.ts'
import { statFile } from './stat.ts'
import { writeFile } from './write.ts'

let world: FilesWorld
let means: Means

beforeAll(async () => {
  world = await filesWorld()
  const config = {
    maxBytes: 1e9,
    maxEntries: 99,
    maxDepth: 9,
    links: 'granted',
    hardLinks: false,
  } as const
  const { permissions, audit } = world
  means = { permissions, audit, config, descriptors: false }
  world.put('sub/a.txt', 'inside')
  writeFileSync(join(world.outside, 'a.txt'), 'secret')
  symlinkSync(world.outside, join(world.root, 'link'))
  symlinkSync(join(world.outside, 'a.txt'), join(world.root, 'link.txt'))
})
afterAll(() => world[Symbol.asyncDispose]())

const access = () => world.access({ read: ['.'], write: ['.'] })

async function write(path: string, mode: WriteOptions['mode'], parents = false) {
  await using file = await writeFile(means, path, access(), { mode, parents })
  await file.write(Buffer.from('new'))
  return file.commit()
}

test('files are written, and folders made', async () => {
  expect(await write('sub/a.txt', 'replace')).toEqual({ bytes: 3, created: false })
  expect(await write('sub/a.txt', 'append')).toEqual({ bytes: 3, created: false })
  expect(await write('made/here/b.txt', 'create', true)).toEqual({ bytes: 3, created: true })
  expect(readFileSync(join(world.root, 'sub/a.txt'), 'utf8')).toBe('newnew')
})

test('several may begin to append to one new file', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => write('fresh.txt', 'append')))
  expect(all.filter(({ created }) => created)).toHaveLength(1)
  expect(readFileSync(join(world.root, 'fresh.txt'), 'utf8')).toBe('new'.repeat(12))
})

test.each([
  ['link/new.txt', 'FILE_NOT_REGULAR'],
  ['link.txt', 'FILE_NOT_REGULAR'],
  ['../outside/a.txt', 'PERMISSION_DENIED'],
  ['sub/a.txt/x', 'FILE_NOT_FOUND'],
  ['sub', 'FILE_NOT_REGULAR'],
])('%s is refused with %s', async (path, code) => {
  for (const mode of ['replace', 'append'] as const) {
    await expect(write(path, mode, true)).rejects.toMatchObject({ code })
  }
  expect(readFileSync(join(world.outside, 'a.txt'), 'utf8')).toBe('secret')
  expect(readdirSync(world.outside)).toEqual(['a.txt'])
})

test('a folder that became a link meanwhile is not written into', async () => {
  mkdirSync(join(world.root, 'swapped'))
  const file = await writeFile(means, 'swapped/b.txt', access(), { mode: 'replace' })
  await file.write(Buffer.from('new'))
  const { renameSync } = await import('node:fs')
  renameSync(join(world.root, 'swapped'), join(world.root, 'kept'))
  symlinkSync(world.outside, join(world.root, 'swapped'))
  await expect(file.commit()).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
  expect(readdirSync(world.outside)).toEqual(['a.txt'])
})

test('names are looked at and listed, links are not followed', async () => {
  expect(await statFile(means, 'link.txt', access())).toMatchObject({ kind: 'link' })
  await expect(statFile(means, 'link/a.txt', access())).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  })
  const paths: string[] = []
  for await (const { path } of listFolder(means, '.', access(), { depth: 3 })) paths.push(path)
  expect(paths).toContain('sub/a.txt')
  expect(paths.filter((path) => path.startsWith('link/'))).toEqual([])
})
