import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ByteRange, Access, Files, OpenFile, ToolChunk, Value } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { MAX_CONTENT } from './content.ts'
import type { FileReadResult } from './generated/output.ts'
import plugin from './index.ts'

/** A file service over bytes in memory, in portions of a chosen size. */
class MemoryFiles implements Pick<Files, 'open'> {
  readonly contents = new Map<string, Uint8Array>()
  portion = 64 * 1024
  read = 0
  open_ = 0

  put(content: string | Uint8Array, name = 'a.txt'): void {
    this.contents.set(name, typeof content === 'string' ? Buffer.from(content) : content)
  }

  open(path: string, _access: Access): Promise<OpenFile> {
    const bytes = this.contents.get(path)
    if (!bytes) throw new SpellError('FILE_NOT_FOUND', `The file '${path}' does not exist.`)
    this.open_++
    const close = (): Promise<void> => Promise.resolve(void this.open_--)
    const read = (range?: ByteRange) => this.#read(bytes, range)
    return Promise.resolve({ path, size: bytes.length, read, close, [Symbol.asyncDispose]: close })
  }

  async *#read(bytes: Uint8Array, { offset = 0, length = Infinity }: ByteRange = {}) {
    const end = Math.min(bytes.length, offset + length)
    for (let at = offset; at < end; at += this.portion) {
      const piece = bytes.subarray(at, Math.min(end, at + this.portion))
      this.read += piece.byteLength
      yield await Promise.resolve(piece)
    }
  }
}

const files = new MemoryFiles()
const folder = new URL('../', import.meta.url)
const fixture = fileURLToPath(new URL('test/fixtures/docs/notes.txt', folder))
files.put(readFileSync(fixture), 'docs/notes.txt')
const options = {
  package: folder,
  plugin,
  name: 'file-read',
  services: { files: files as unknown as Files },
}

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

async function read(input: { readonly [key: string]: Value } = {}): Promise<FileReadResult> {
  const { result } = await bench.run({ path: 'a.txt', ...input })
  return result as unknown as FileReadResult
}

async function failure(input: { readonly [key: string]: Value } = {}): Promise<unknown> {
  return read(input).catch((error: unknown) => error)
}

describe('text', () => {
  test('is read whole, and is the text of the result', async () => {
    files.put('one\ntwo')
    expect(await bench.run({ path: 'a.txt' })).toEqual({
      result: { path: 'a.txt', content: 'one\ntwo', bytes: 7, lines: 2, truncated: false },
      text: 'one\ntwo',
      operation: 'read',
    })
  })

  test('may be empty', async () => {
    files.put('')
    expect(await read()).toMatchObject({ content: '', bytes: 0, lines: 0, truncated: false })
  })

  test('is the same in whatever portions the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 7 }),
        async (text, portion) => {
          fc.pre(text.isWellFormed() && !text.includes('\0') && !text.startsWith('\uFEFF'))
          files.put(text)
          files.portion = portion
          expect((await read()).content).toBe(text)
        },
      ),
    )
    files.portion = 64 * 1024
  })

  test('leaves out a byte order mark and counts it', async () => {
    files.put('\uFEFFabc')
    expect(await read()).toMatchObject({ content: 'abc', bytes: 6 })
    expect(await read({ from_line: 1 })).toMatchObject({ content: 'abc', bytes: 6 })
  })

  test('takes latin1 byte by byte', async () => {
    files.put(Uint8Array.of(0xe9, 0x80, 0x0a))
    expect(await read({ encoding: 'latin1' })).toMatchObject({
      content: '\u00e9\u0080\n',
      bytes: 3,
    })
  })
})

describe('bytes that are no text', () => {
  test.each([
    ['a NUL', [0x61, 0x00, 0x62], 'a NUL at byte 1'],
    ['a wrong byte', [0x61, 0xff, 0x62], 'other bytes after byte 0'],
    ['half a character at the end', [0x61, 0xc3], 'other bytes after byte 1'],
    ['an encoded surrogate', [0xed, 0xa0, 0x80], 'other bytes after byte 0'],
    ['an overlong slash', [0xc0, 0xaf], 'other bytes after byte 0'],
  ])('%s', async (_name, bytes, found) => {
    files.put(Uint8Array.from(bytes))
    expect(await failure()).toMatchObject({
      code: 'FILE_BINARY',
      message: `The file 'a.txt' is no UTF-8 text: found ${found}.`,
      hint: expect.stringContaining('base64'),
    })
    expect((await read({ encoding: 'base64' })).content).toBe(Buffer.from(bytes).toString('base64'))
  })
})

test('base64 is the same in whatever portions the bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.integer({ min: 1, max: 7 }), async (bytes, portion) => {
      files.put(bytes)
      files.portion = portion
      const { content, bytes: count } = await read({ encoding: 'base64' })
      expect([content, count]).toEqual([Buffer.from(bytes).toString('base64'), bytes.length])
    }),
  )
  files.portion = 64 * 1024
})

describe.each(['utf-16le', 'utf-16be'] as const)('%s', (encoding) => {
  const encoded = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'utf16le')
    return encoding === 'utf-16le' ? bytes : bytes.swap16()
  }

  test('is the same in whatever portions the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 7 }),
        async (text, portion) => {
          fc.pre(text.isWellFormed() && !text.includes('\0') && !text.startsWith('\uFEFF'))
          files.put(encoded(text))
          files.portion = portion
          expect((await read({ encoding })).content).toBe(text)
        },
      ),
    )
    files.portion = 64 * 1024
  })

  test('leaves out a byte order mark, and parts begin and end anywhere', async () => {
    files.put(encoded('\uFEFFa😀b\nc'))
    expect(await read({ encoding })).toMatchObject({ content: 'a😀b\nc', bytes: 14, lines: 2 })
    expect(await read({ encoding, from_line: 2 })).toMatchObject({ content: 'c', bytes: 2 })
    expect(await read({ encoding, offset: 5, length: 5 })).toMatchObject({ content: 'b', bytes: 5 })
    expect(await read({ encoding, offset: 2, length: 4 })).toMatchObject({ content: 'a', bytes: 2 })
  })

  test.each([
    ['half a unit', [...encoded('a'), 0x61], 'half of a character at byte 2'],
    ['a NUL', [...encoded('a\0')], 'a NUL at byte 2'],
    ['half a pair', [...encoded('\uDC00a')], 'half of a pair after byte 0'],
  ])('%s is no text', async (_name, bytes, found) => {
    files.put(Uint8Array.from(bytes))
    expect(await failure({ encoding })).toMatchObject({
      code: 'FILE_BINARY',
      message: `The file 'a.txt' is no ${encoding.toUpperCase()} text: found ${found}.`,
    })
  })

  test('is named where such a file is read as UTF-8', async () => {
    files.put(encoded('\uFEFFab'))
    expect(await failure()).toMatchObject({
      code: 'FILE_BINARY',
      hint: `Read it with encoding '${encoding}'.`,
    })
  })
})

describe('lines', () => {
  const text = 'a\nbb\n\ndddd\ne'

  test.each([
    [{ from_line: 1, to_line: 1 }, 'a\n'],
    [{ from_line: 2, to_line: 3 }, 'bb\n\n'],
    [{ from_line: 4 }, 'dddd\ne'],
    [{ to_line: 2 }, 'a\nbb\n'],
    [{ from_line: 5, to_line: 99 }, 'e'],
    [{ from_line: 6 }, ''],
  ])('%j', async (part, content) => {
    files.put(text)
    for (files.portion of [1, 2, 3, 100]) {
      expect(await read(part)).toMatchObject({ content, bytes: content.length, truncated: false })
    }
    files.portion = 64 * 1024
  })

  test('reads no further than the last line', async () => {
    files.put('x\n'.repeat(1000))
    files.portion = 10
    files.read = 0
    expect((await read({ to_line: 3 })).lines).toBe(3)
    expect(files.read).toBe(10)
    files.portion = 64 * 1024
  })

  test('any part is what splitting the text gives', async () => {
    const line = fc.string({ maxLength: 5 }).map((part) => part.replaceAll(/[\n\0]/g, ' '))
    const place = fc.integer({ min: 1, max: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        place,
        place,
        fc.integer({ min: 1, max: 9 }),
        async (rows, a, b, portion) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)]
          const parts = rows.map((row) => `${row}\n`)
          files.put(parts.join(''))
          files.portion = portion
          const { content } = await read({ from_line: from, to_line: to })
          expect(content).toBe(parts.slice(from - 1, to).join(''))
        },
      ),
    )
    files.portion = 64 * 1024
  })
})

describe('bytes', () => {
  test('a part may begin and end within a character', async () => {
    files.put('aé€😀z')
    expect(await read({ offset: 2, length: 3 })).toMatchObject({ content: '', bytes: 1 })
    expect(await read({ offset: 3, length: 3 })).toMatchObject({ content: '€', bytes: 3 })
    expect(await read({ offset: 8 })).toMatchObject({ content: 'z', bytes: 3 })
    expect(await read({ offset: 99 })).toMatchObject({ content: '', bytes: 0 })
  })

  test('offset + bytes is where to go on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 4, max: 9 }),
        async (text, length) => {
          fc.pre(!text.includes('\0') && !text.startsWith('\uFEFF'))
          files.put(text)
          let [all, offset] = ['', 0]
          for (;;) {
            const { content, bytes } = await read({ offset, length })
            all += content
            offset += bytes
            if (bytes === 0) break
          }
          expect(all).toBe(text)
        },
      ),
    )
  })
})

describe('long content', () => {
  test('is cut at the limit of one result, says so, and is not read to its end', async () => {
    files.put('x'.repeat(MAX_CONTENT * 3))
    files.read = 0
    const result = await read()
    expect(result).toMatchObject({ bytes: MAX_CONTENT, truncated: true })
    expect(files.read).toBeLessThanOrEqual(MAX_CONTENT + 64 * 1024)
    expect(await read({ length: MAX_CONTENT })).toMatchObject({
      bytes: MAX_CONTENT,
      truncated: false,
    })
    expect(files.open_).toBe(0)
  })

  test('is never cut within a character', async () => {
    files.put('😀'.repeat(MAX_CONTENT))
    const { content, bytes } = await read({ offset: 0 })
    expect(content.isWellFormed()).toBe(true)
    expect(bytes).toBe(content.length * 2)
    files.put(`a${'😀'.repeat(MAX_CONTENT)}`)
    expect((await read()).content).toHaveLength(MAX_CONTENT - 1)
  })

  test('base64 is cut where it can be decoded', async () => {
    const bytes = new Uint8Array(MAX_CONTENT).fill(7)
    files.put(bytes)
    const result = await read({ encoding: 'base64' })
    expect(result).toMatchObject({ bytes: (MAX_CONTENT / 4) * 3, truncated: true })
    expect(Buffer.from(result.content, 'base64')).toHaveLength(result.bytes)
  })

  test('leaves by chunks in full where a reader takes them', async () => {
    const text = 'é'.repeat(MAX_CONTENT)
    files.put(text)
    const chunks: ToolChunk[] = []
    const emit = (chunk: ToolChunk) => void chunks.push(chunk)
    const { result } = await bench.run({ path: 'a.txt' }, { streamed: true, emit })
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text)
    expect(chunks.length).toBeGreaterThan(3)
    expect(result).toMatchObject({ truncated: false, bytes: text.length * 2 })
    files.put('x'.repeat(MAX_CONTENT * 2))
    expect((await bench.run({ path: 'a.txt' }, { streamed: true, emit })).result).toMatchObject({
      truncated: true,
    })
  })

  test('is held back by a slow reader', async () => {
    files.put('x'.repeat(64 * 1024 * 10))
    files.read = 0
    const gate = Promise.withResolvers<void>()
    const run = bench.run({ path: 'a.txt' }, { streamed: true, emit: () => gate.promise })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(files.read).toBe(64 * 1024)
    gate.resolve()
    await run
  })
})

test.each([
  [{ from_line: 1, offset: 0 }, 'from_line'],
  [{ to_line: 1, length: 1 }, 'to_line'],
  [{ from_line: 3, to_line: 2 }, 'to_line'],
  [{ from_line: 3, encoding: 'base64' }, 'encoding'],
])('parts that do not go together are refused: %j', async (part, path) => {
  files.put('text')
  expect(await failure(part)).toMatchObject({
    code: 'INPUT_INVALID',
    details: { errors: [expect.objectContaining({ path })] },
  })
})

test('the file is closed, also after a failure', async () => {
  files.put(Uint8Array.of(0))
  await failure()
  expect(files.open_).toBe(0)
})
