import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolCall } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesWorld } from '../../../test/files/support.ts'
import type { FileWriteInput } from './generated/input.ts'
import type { FileWriteResult } from './generated/output.ts'
import plugin from './index.ts'

const world = await filesWorld()
const grants = [{ holder: 'command line', allow: { read: ['.'], write: ['.'] } }]
const { files, root } = world
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'file-write',
  services: { files },
  grants,
  root,
}
afterAll(() => world[Symbol.asyncDispose]())

toolSuite(options)

let bench: Awaited<ReturnType<typeof toolBench>>
beforeAll(async () => {
  bench = await toolBench(options)
})

const whole = (input: Partial<FileWriteInput>) => ({ path: 'a.txt', content: 'x', ...input })

async function write(input: Partial<FileWriteInput> = {}, call: Partial<ToolCall> = {}) {
  const { result } = await bench.run(whole(input), call)
  return result as unknown as FileWriteResult
}

const failure = (input: Partial<FileWriteInput>, call: Partial<ToolCall> = {}): Promise<unknown> =>
  write(input, call).catch((error: unknown) => error)
const contentOf = (path = 'a.txt'): Buffer => readFileSync(join(root, path))

describe('a file', () => {
  test('is created, replaced, appended to', async () => {
    world.put('a.txt', 'old')
    expect(await write({ content: 'new' })).toEqual({
      path: 'a.txt',
      bytes: 3,
      created: false,
      written: true,
    })
    expect(await write({ content: '!', mode: 'append' })).toMatchObject({ bytes: 1 })
    expect(contentOf().toString()).toBe('new!')
    expect(await write({ path: 'made/b.txt', parents: true })).toMatchObject({ created: true })
    expect((await bench.run(whole({ content: 'new' }))).text).toBe('Replaced a.txt (3 bytes).')
  })

  test('that exists is not created again', async () => {
    world.put('a.txt', 'old')
    expect(await failure({ mode: 'create' })).toMatchObject({ code: 'FILE_EXISTS' })
    expect(await failure({ path: 'no/such.txt' })).toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect(contentOf().toString()).toBe('old')
  })

  test('is not touched without the grant', async () => {
    world.put('a.txt', 'old')
    const grants = [{ holder: 'command line', allow: { read: ['.'] } }]
    for (const mode of ['replace', 'create', 'append'] as const) {
      expect(await failure({ mode }, { grants })).toMatchObject({ code: 'PERMISSION_DENIED' })
    }
    expect(contentOf().toString()).toBe('old')
  })
})

describe('encodings', () => {
  test.each([
    ['utf-8', 'é', [0xc3, 0xa9]],
    ['utf-16le', 'é', [0xe9, 0x00]],
    ['utf-16be', 'é', [0x00, 0xe9]],
    ['latin1', 'é', [0xe9]],
    ['base64', 'w6k=', [0xc3, 0xa9]],
  ] as const)('%s', async (encoding, content, bytes) => {
    await write({ content, encoding })
    expect([...contentOf()]).toEqual(bytes)
  })

  test.each([
    ['utf-8', 'a\ud800'],
    ['utf-16le', '\udc00'],
    ['latin1', '€'],
    ['base64', 'w6k'],
    ['base64', 'w!k='],
  ] as const)('%s cannot say %j', async (encoding, content) => {
    world.put('a.txt', 'old')
    expect(await failure({ content, encoding })).toMatchObject({ code: 'INPUT_INVALID' })
    expect(contentOf().toString()).toBe('old')
  })

  test('any bytes go through base64', async () => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(bytes, async (given) => {
        const content = Buffer.from(given).toString('base64')
        await write({ content, encoding: 'base64' })
        return contentOf().equals(given)
      }),
      { numRuns: 50 },
    )
    expect(existsSync(join(root, 'a.txt'))).toBe(true)
  })
})

describe('a preview', () => {
  test('shows the change and makes none', async () => {
    world.put('a.txt', 'one\ntwo\nthree\n')
    const result = await write({ content: 'one\n2\nthree\n', preview: true })
    expect(result).toEqual({
      path: 'a.txt',
      bytes: 12,
      created: false,
      written: false,
      diff: '--- a.txt\n+++ a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n',
    })
    expect(contentOf().toString()).toBe('one\ntwo\nthree\n')
  })

  test('of a file that is not there, of what stays the same, of an end', async () => {
    expect(await write({ path: 'n.txt', content: 'x\n', preview: true })).toMatchObject({
      created: true,
      diff: expect.stringContaining('+x'),
    })
    expect(existsSync(join(root, 'n.txt'))).toBe(false)
    world.put('a.txt', 'x\n')
    expect((await bench.run(whole({ content: 'x\n', preview: true }))).text).toContain('Nothing')
    expect(await write({ content: 'y\n', mode: 'append', preview: true })).toMatchObject({
      diff: expect.stringContaining(' x\n+y'),
    })
  })

  test('says why it has none', async () => {
    world.put('a.txt', Uint8Array.of(0, 1, 2))
    expect(await write({ preview: true })).toMatchObject({ no_diff: 'one side is no UTF-8 text' })
    world.put('a.txt', 'x'.repeat(2 ** 20 + 1))
    expect(await write({ preview: true })).toMatchObject({
      no_diff: expect.stringMatching(/^more/),
    })
    const lines = (word: string): string =>
      Array.from({ length: 20_000 }, (_, i) => `${word} ${i}\n`).join('')
    world.put('a.txt', lines('a'))
    const started = performance.now()
    expect(await write({ content: lines('b'), preview: true })).toMatchObject({
      no_diff: 'too much differs to be found in short time',
    })
    expect(performance.now() - started).toBeLessThan(1500)
  })

  test('needs the right to read', async () => {
    const grants = [{ holder: 'command line', allow: { write: ['.'] } }]
    expect(await failure({ preview: true }, { grants })).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })
})

test('its effect depends on what it does', () => {
  const effectOf = (input: Partial<FileWriteInput>) =>
    bench.tool.effectOf?.({ mode: 'replace', ...whole(input) } as never)
  expect(effectOf({})).toBe('idempotent')
  expect(effectOf({ mode: 'append' })).toBe('unsafe')
  expect(effectOf({ mode: 'create' })).toBe('unsafe')
  expect(effectOf({ mode: 'append', preview: true })).toBe('pure')
})
