import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolCall, ToolChunk, Value } from '@llmspell/sdk'
import { cpuMs, toolBench, toolSuite } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesWorld } from '../../../test/files/support.ts'
import type { FileSearchResult } from './generated/output.ts'
import plugin from './index.ts'

const world = await filesWorld()
const { files, root } = world
world.put('docs/notes.txt', 'Three lamps.\nKettles: one.\n')
world.put('docs/old/notes.txt', 'Two lamps.\n')
const grants = [{ holder: 'command line', allow: { read: ['.'] } }]
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'file-search',
  services: { files },
  grants,
  root,
}
afterAll(() => world[Symbol.asyncDispose]())

toolSuite(options)

let bench: Awaited<ReturnType<typeof toolBench>>
beforeAll(async () => {
  bench = await toolBench(options)
  world.put('code/a.lua', 'one\ntwo\nthree\nfour\nfive\n')
  world.put('code/sub/b.lua', 'two and two\r\nTWO\r\n')
  world.put('code/.hidden.lua', 'two')
  world.put('code/c.bin', Uint8Array.of(116, 119, 111, 0))
  world.put('code/large.log', `${'x'.repeat(20_000)}two`)
  symlinkSync('a.lua', join(root, 'code', 'link.lua'))
})

type Input = { readonly [key: string]: Value }

async function search(input: Input, call: Partial<ToolCall> = {}): Promise<FileSearchResult> {
  const { result } = await bench.run({ path: 'code', ...input }, call)
  return result as unknown as FileSearchResult
}

const places = async (input: Input): Promise<string[]> =>
  (await search(input)).matches.map(({ path, line, column }) =>
    line === undefined ? path : `${path}:${line}:${column}`,
  )

describe('content', () => {
  test('is found line by line; links, hidden names and what is no text are left out', async () => {
    expect(await places({ content: 'two' })).toEqual([
      'code/a.lua:2:1',
      'code/large.log:1:20001',
      'code/sub/b.lua:1:1',
    ])
    expect(await search({ content: 'two' })).toMatchObject({ count: 3, files: 3, skipped: 1 })
    expect(await places({ content: 'two', hidden: true })).toContain('code/.hidden.lua:1:1')
  })

  test('in any case, by pattern, in files of a name and of a size', async () => {
    const pattern = '*.lua'
    expect(await places({ content: 'tWo', case: 'ignore', pattern: 'sub/*' })).toEqual([
      'code/sub/b.lua:1:1',
      'code/sub/b.lua:2:1',
    ])
    expect(await places({ content: '^f\\w+$', syntax: 'regex', pattern })).toEqual([
      'code/a.lua:4:1',
      'code/a.lua:5:1',
    ])
    expect(await places({ content: '^TW', syntax: 'regex', case: 'ignore', pattern })).toHaveLength(
      3,
    )
    expect(await search({ content: 'two', max_file_bytes: 1000 })).toMatchObject({ skipped: 2 })
    expect(await places({ path: 'code/a.lua', content: 'four' })).toEqual(['code/a.lua:4:1'])
  })

  test('comes with the lines around it', async () => {
    const [first, second] = (await search({ content: 't', context: 1, pattern: 'a.lua' })).matches
    expect(first).toMatchObject({ line: 2, text: 'two', before: ['one'], after: ['three'] })
    expect(second).toMatchObject({ line: 3, before: ['two'], after: ['four'] })
    const last = (await search({ content: 'five', context: 3, pattern: 'a.lua' })).matches[0]
    expect(last).toMatchObject({ before: ['two', 'three', 'four'], after: [] })
  })

  test('of a long line is cut around the match', async () => {
    const { matches } = await search({ content: 'two', pattern: 'large.log' })
    expect(matches[0]!.text).toMatch(/^…x+two$/)
    expect(matches[0]!.text).toHaveLength(1001)
  })

  test('is where splitting the text says', async () => {
    const word = fc.stringMatching(/^[ab\n]{0,60}$/)
    await fc.assert(
      fc.asyncProperty(word, async (text) => {
        world.put('any/a.txt', text)
        const found = await search({ path: 'any', content: 'ab' })
        const expected = text.split('\n').flatMap((line, i) => (line.includes('ab') ? [i + 1] : []))
        expect(found.matches.map(({ line }) => line)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })
})

test('names alone are matches', async () => {
  expect(await places({ pattern: '*.{lua,bin}' })).toEqual([
    'code/a.lua',
    'code/c.bin',
    'code/sub/b.lua',
  ])
  expect(await places({ pattern: '*.lua', depth: 0 })).toEqual(['code/a.lua'])
})

test('the limit ends the search', async () => {
  expect(await search({ content: 'two', limit: 2 })).toMatchObject({ count: 2, truncated: true })
})

test('a reader of the stream gets each match', async () => {
  const chunks: ToolChunk[] = []
  const emit = (chunk: ToolChunk): void => void chunks.push(chunk)
  const result = await search({ content: 'four' }, { streamed: true, emit })
  expect(result).toMatchObject({ matches: [], count: 1 })
  expect(chunks).toEqual([
    {
      type: 'data',
      data: { path: 'code/a.lua', line: 4, column: 1, text: 'four' },
      text: 'code/a.lua:4: four',
    },
  ])
})

describe('a hostile pattern', () => {
  const hostile = ['(a+)+$b', '(x+x+)+y', '(a|aa)+c', '(?:a?){150}a{150}c', '(.*)(.*)(.*)(.*)c']

  test.each(hostile)('%s leaves the host free', { timeout: 20_000 }, async (content) => {
    world.put('hostile/a.txt', `${'a'.repeat(100_000)}\n`)
    let [worst, last] = [0, cpuMs()]
    const timer = setInterval(() => {
      worst = Math.max(worst, cpuMs() - last)
      last = cpuMs()
    }, 1)
    const { count } = await search({ path: 'hostile', content, syntax: 'regex' })
    clearInterval(timer)
    expect(count).toBe(0)
    expect(worst).toBeLessThan(500)
  })

  test.each([
    ['(a|b)\\1', /cannot be read/],
    ['(', /cannot be read/],
    ['(?=a)b', /cannot be read/],
    ['(abc){900}', /too large/],
  ])('%s is refused', async (content, message) => {
    await expect(search({ content, syntax: 'regex' })).rejects.toMatchObject({
      code: 'PATTERN_INVALID',
      message: expect.stringMatching(message),
    })
  })
})

test.each([
  [{ path: '..', content: 'x' }, 'PERMISSION_DENIED'],
  [{ path: 'none', content: 'x' }, 'FILE_NOT_FOUND'],
])('%j is refused with %s', async (input, code) => {
  await expect(search(input)).rejects.toMatchObject({ code })
})
