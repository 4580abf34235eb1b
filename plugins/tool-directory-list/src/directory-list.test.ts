import { chmodSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolCall, ToolChunk, Value } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesWorld } from '../../../test/files/support.ts'
import type { DirectoryListResult } from './generated/output.ts'
import plugin from './index.ts'

const world = await filesWorld({ maxEntries: 50, maxDepth: 4 })
const { files, root } = world
world.put('docs/notes.txt', 'notes')
world.put('docs/old/notes.txt', 'older notes')
const grants = [{ holder: 'command line', allow: { read: ['.'] } }]
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'directory-list',
  services: { files },
  grants,
  root,
}
afterAll(() => world[Symbol.asyncDispose]())

toolSuite(options)

let bench: Awaited<ReturnType<typeof toolBench>>
beforeAll(async () => {
  bench = await toolBench(options)
  world.put('tree/.hidden', '')
  world.put('tree/a.md', 'a')
  world.put('tree/b/c.md', 'ccc')
  world.put('tree/b/d/e.log', 'ee')
  symlinkSync(world.outside, join(root, 'tree', 'link'))
  utimesSync(join(root, 'tree/b/d/e.log'), 2e9, 2e9)
})

type Input = { readonly [key: string]: Value }

async function list(input: Input = {}, call: Partial<ToolCall> = {}) {
  const { result } = await bench.run({ path: 'tree', ...input }, call)
  return result as unknown as DirectoryListResult
}

const names = async (input: Input = {}): Promise<string[]> =>
  (await list(input)).entries.map(({ path }) => path.replace('tree/', ''))

test('folders come before what is in them, each in order of names', async () => {
  expect(await names({ hidden: true })).toEqual(['.hidden', 'a.md', 'b', 'link'])
  expect(await names({ recursive: true, hidden: true })).toEqual([
    '.hidden',
    'a.md',
    'b',
    'b/c.md',
    'b/d',
    'b/d/e.log',
    'link',
  ])
  expect(await names({ depth: 1 })).toEqual(['a.md', 'b', 'b/c.md', 'b/d', 'link'])
})

test('a pattern is for names, or with a slash for paths', async () => {
  expect(await names({ recursive: true, pattern: '*.md' })).toEqual(['a.md', 'b/c.md'])
  expect(await names({ recursive: true, pattern: 'b/*' })).toEqual(['b/c.md', 'b/d'])
  expect(await names({ recursive: true, pattern: './*.md' })).toEqual(['a.md'])
  expect(await names({ recursive: true, kinds: ['folder', 'link'] })).toEqual(['b', 'b/d', 'link'])
})

test('metadata is given when asked for, and orders', async () => {
  const [first] = (await list({ recursive: true, metadata: true, sort: 'modified' })).entries
  expect(first).toEqual({
    path: 'tree/b/d/e.log',
    kind: 'file',
    depth: 3,
    bytes: 2,
    modified: '2033-05-18T03:33:20.000Z',
    mode: expect.stringMatching(/^0[0-7]{3}$/),
  })
  const files = { recursive: true, kinds: ['file'], sort: 'size', limit: 2 }
  expect(await names(files)).toEqual(['b/c.md', 'b/d/e.log'])
  expect(await list(files)).toMatchObject({ count: 2, truncated: true })
})

test('the limit ends the list, and so do the limits of a listing', async () => {
  expect(await list({ limit: 2 })).toMatchObject({ count: 2, truncated: true })
  expect(await list({ limit: 4, hidden: true })).toMatchObject({ count: 4, truncated: false })
  for (let i = 0; i < 60; i++) world.put(`many/${i}`)
  expect(await list({ path: 'many' })).toMatchObject({ count: 50, truncated: true })
  world.put('deep/1/2/3/4/5/6')
  const { entries, truncated } = await list({ path: 'deep', recursive: true })
  expect(entries.at(-1)).toMatchObject({ path: 'deep/1/2/3/4', error: 'FILES_LIMIT' })
  expect(truncated).toBe(true)
})

test('a reader of the stream gets each entry, and no place of the host', async () => {
  const chunks: ToolChunk[] = []
  const emit = (chunk: ToolChunk): void => void chunks.push(chunk)
  const result = await list(
    { recursive: true, metadata: true, hidden: true },
    { streamed: true, emit },
  )
  expect(result).toMatchObject({ entries: [], count: 7 })
  expect(chunks.at(-1)?.text).toMatch(/^\d{3,4} {2}\d{4}-.*Z +\d+ {2}tree\/link@$/)
  expect(chunks).toHaveLength(7)
  expect(JSON.stringify(chunks)).not.toContain(world.base)
})

test.skipIf(process.getuid?.() === 0)('a folder that cannot be read is flagged', async () => {
  world.put('shut/in/a')
  chmodSync(join(root, 'shut/in'), 0)
  expect((await list({ path: 'shut', recursive: true })).entries).toMatchObject([
    { path: 'shut/in', error: 'FILE_UNREADABLE' },
  ])
  chmodSync(join(root, 'shut/in'), 0o700)
})

test.each([
  [{ path: 'tree/a.md' }, 'FOLDER_EXPECTED'],
  [{ path: 'none' }, 'FILE_NOT_FOUND'],
  [{ path: '..' }, 'PERMISSION_DENIED'],
  [{ path: 'tree/link' }, 'PERMISSION_DENIED'],
  [{ recursive: true, depth: 1 }, 'INPUT_INVALID'],
  [{ pattern: '{a,b}'.repeat(9) }, 'INPUT_INVALID'],
])('%j is refused with %s', async (input, code) => {
  await expect(list(input)).rejects.toMatchObject({ code })
})
