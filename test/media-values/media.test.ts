import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunOptions } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import { png } from './pictures.ts'

const PLUGINS = ['permissions', 'files', 'http', 'media', 'script-runtime']
const ENGINES = ['engine-lua', 'engine-fengari', 'engine-javascript']
const LANGUAGES = ['lua', 'fengari', 'javascript'] as const
type Language = (typeof LANGUAGES)[number]

const PICTURE = png(7, 5)
const BASE64 = PICTURE.toString('base64')
const MIB = 1024 * 1024

let house: House
let root = ''
let server: Server
let origin = ''
const asked: string[] = []

beforeAll(async () => {
  house = await openHouse([...PLUGINS, ...ENGINES])
  root = mkdtempSync(join(tmpdir(), 'media-'))
  const files: Record<string, Uint8Array | string> = {
    'lamp.png': PICTURE,
    'large.png': png(9, 9, 2 * MIB),
    'huge.png': png(9, 9, 21 * MIB),
    'wrong.png': '%PDF-1.7\n',
    'notes.txt': 'Lamps: three.\n',
    'secret.png': PICTURE,
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content)
  server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const type = url.startsWith('/liar') ? 'application/pdf' : 'image/png'
    const status = url.startsWith('/gone') ? 404 : 200
    response.writeHead(status, { 'content-type': type }).end(PICTURE)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  server.close()
  rmSync(root, { recursive: true, force: true })
})

const net = () => ({ net: [origin], 'net-private': [origin] })

async function run(language: Language, source: string, allow: RunOptions['allow']) {
  const text = source.replaceAll('ORIGIN', origin)
  const request = {
    source: text,
    file: 'script',
    engine: language,
    root,
    limits: { timeMs: 20_000 },
  }
  const ended = await house.runtime.run({
    ...request,
    ...(allow ? { allow } : {}),
    deny: { read: ['./secret.png'] },
  })
  return ended.value
}

interface Row {
  readonly name: string
  readonly lua: string
  readonly javascript: string
  readonly value?: unknown
  readonly error?: string
  readonly allow?: () => RunOptions['allow']
}

const FILES = () => ({ read: ['.'], write: ['.'] })

const GIVES: readonly Row[] = [
  {
    name: 'a file, of which nothing is read before it is asked for',
    lua: `local m = Media.file("wrong.png") return { m.kind, m.mime, m.size, m.name, m.width == nil }`,
    javascript: `const m = await Media.file('wrong.png'); return [m.kind, m.mime, m.size, m.name, m.width == null]`,
    value: ['image', 'image/png', 9, 'wrong.png', true],
    allow: FILES,
  },
  {
    name: 'what a file is, when it is looked at',
    lua: `return Media.file("lamp.png"):describe()`,
    javascript: `return (await Media.file('lamp.png')).describe()`,
    value: {
      kind: 'image',
      mime: 'image/png',
      size: PICTURE.length,
      name: 'lamp.png',
      width: 7,
      height: 5,
      format: 'png',
    },
    allow: FILES,
  },
  {
    name: 'a file larger than a call, by its head',
    lua: `return Media.file("huge.png"):describe().width`,
    javascript: `return (await (await Media.file('huge.png')).describe()).width`,
    value: 9,
    allow: FILES,
  },
  {
    name: 'bytes, base64 and an address of the same content',
    lua: `local m = Media.base64("${BASE64}")
      return { m.width, m.height, #m:bytes(), m:base64() == "${BASE64}", (m:data_url():gsub(",.*", "")) }`,
    javascript: `const m = await Media.base64('${BASE64}')
      return [m.width, m.height, (await m.bytes()).length, (await m.base64()) === '${BASE64}', (await m.dataUrl()).replace(/,.*/, '')]`,
    value: [7, 5, PICTURE.length, true, 'data:image/png;base64'],
  },
  {
    name: 'texts of their own type',
    lua: `local m = Media.text("# Lamps", "text/markdown")
      return { m.kind, m.mime, m.size, Media.text("x").mime, Media.bytes("abc"):base64() }`,
    javascript: `const m = await Media.text('# Lamps', 'text/markdown')
      return [m.kind, m.mime, m.size, (await Media.text('x')).mime, await (await Media.bytes('abc')).base64()]`,
    value: ['text', 'text/markdown', 7, 'text/plain', 'YWJj'],
  },
  {
    name: 'an address, asked by each reader',
    lua: `local m = Media.url("ORIGIN/lamp.png")
      return { m.kind, m.name, #m:bytes(), m:describe().width }`,
    javascript: `const m = await Media.url('ORIGIN/lamp.png')
      return [m.kind, m.name, (await m.bytes()).length, (await m.describe()).width]`,
    value: ['image', 'lamp.png', PICTURE.length, 7],
    allow: net,
  },
  {
    name: 'a copy of a file that no call could carry',
    lua: `local path = Media.file("large.png"):save("copy-" .. Run.engine.name .. ".png")
      return Media.file(path).size == Media.file("large.png").size`,
    javascript: `const path = await (await Media.file('large.png')).save('copy-' + Run.engine.name + '.png')
      return (await Media.file(path)).size === (await Media.file('large.png')).size`,
    value: true,
    allow: FILES,
  },
]

const BINARY: readonly Row[] = [
  {
    name: 'bytes that are no text, a string in Lua',
    lua: `local m = Media.bytes("GIF89a\\xff\\xfe\\x03\\0") return { m.mime, m.size, m:base64(), #Media.from_bytes("\\xff"):bytes() }`,
    javascript: `const m = await Media.bytes(new Uint8Array([71, 73, 70, 56, 57, 97, 255, 254, 3, 0]))
      return [m.mime, m.size, await m.base64(), (await (await Media.fromBytes(new Uint8Array([255]))).bytes()).length]`,
    value: ['image/gif', 10, 'R0lGODlh//4DAA==', 1],
  },
]

const FAILS: readonly Row[] = [
  {
    name: 'a file that is not granted',
    lua: `Media.file("lamp.png")`,
    javascript: `await Media.file('lamp.png')`,
    error: 'PERMISSION_DENIED',
  },
  {
    name: 'a file that is denied',
    lua: `Media.file("secret.png")`,
    javascript: `await Media.file('secret.png')`,
    error: 'PERMISSION_DENIED',
    allow: FILES,
  },
  {
    name: 'a way out of the folder',
    lua: `Media.file("../../etc/passwd")`,
    javascript: `await Media.file('../../etc/passwd')`,
    error: 'PERMISSION_DENIED',
    allow: FILES,
  },
  {
    name: 'a file that is not there',
    lua: `Media.file("lmap.png")`,
    javascript: `await Media.file('lmap.png')`,
    error: 'FILE_NOT_FOUND',
    allow: FILES,
  },
  {
    name: 'a folder',
    lua: `Media.file(".")`,
    javascript: `await Media.file('.')`,
    error: 'FILE_NOT_REGULAR',
    allow: FILES,
  },
  {
    name: 'a content that is not what its name says',
    lua: `Media.file("wrong.png"):bytes()`,
    javascript: `await (await Media.file('wrong.png')).bytes()`,
    error: 'MEDIA_MISMATCH',
    allow: FILES,
  },
  {
    name: 'a content that is not of its type',
    lua: `Media.base64("${BASE64}", "application/pdf")`,
    javascript: `await Media.base64('${BASE64}', 'application/pdf')`,
    error: 'MEDIA_MISMATCH',
  },
  {
    name: 'more than a call carries',
    lua: `Media.file("large.png"):bytes()`,
    javascript: `await (await Media.file('large.png')).bytes()`,
    error: 'MEDIA_TOO_LARGE',
    allow: FILES,
  },
  {
    name: 'base64 that is none',
    lua: `Media.base64("data:image/png;base64,AAAA")`,
    javascript: `await Media.base64('data:image/png;base64,AAAA')`,
    error: 'INPUT_INVALID',
  },
  {
    name: 'what are no bytes',
    lua: `Media.from_bytes(5)`,
    javascript: `await Media.fromBytes(5)`,
    error: 'INPUT_INVALID',
  },
  {
    name: 'an address of another scheme',
    lua: `Media.url("file:///etc/passwd")`,
    javascript: `await Media.url('file:///etc/passwd')`,
    error: 'INPUT_INVALID',
  },
  {
    name: 'an address that is not granted, when it is read',
    lua: `Media.url("ORIGIN/lamp.png"):bytes()`,
    javascript: `await (await Media.url('ORIGIN/lamp.png')).bytes()`,
    error: 'PERMISSION_DENIED',
  },
  {
    name: 'an address without content',
    lua: `Media.url("ORIGIN/gone.png"):bytes()`,
    javascript: `await (await Media.url('ORIGIN/gone.png')).bytes()`,
    error: 'MEDIA_UNAVAILABLE',
    allow: net,
  },
  {
    name: 'a server that says another type',
    lua: `Media.url("ORIGIN/liar.pdf"):bytes()`,
    javascript: `await (await Media.url('ORIGIN/liar.pdf')).bytes()`,
    error: 'MEDIA_MISMATCH',
    allow: net,
  },
  {
    name: 'to write over a file',
    lua: `Media.text("x"):save("notes.txt")`,
    javascript: `await (await Media.text('x')).save('notes.txt')`,
    error: 'FILE_EXISTS',
    allow: FILES,
  },
  {
    name: 'to write without a grant',
    lua: `Media.text("x"):save("new.txt")`,
    javascript: `await (await Media.text('x')).save('new.txt')`,
    error: 'PERMISSION_DENIED',
    allow: () => ({ read: ['.'] }),
  },
  {
    name: 'to fill the host with contents',
    lua: `local s = ("x"):rep(1000000) for i = 1, 200 do Media.text(s) end`,
    javascript: `const s = 'x'.repeat(1000000); for (let i = 0; i < 200; i++) await Media.text(s)`,
    error: 'MEDIA_TOO_LARGE',
  },
]

describe.each(LANGUAGES)('Media in %s', (language) => {
  test.each([...GIVES, ...BINARY])('gives $name', async ({ allow, value, ...row }) => {
    expect(
      await run(language, row[language === 'javascript' ? language : 'lua'], allow?.()),
    ).toEqual(value)
  })

  test.each(FAILS)('refuses $name', async ({ allow, error, ...row }) => {
    await expect(
      run(language, row[language === 'javascript' ? language : 'lua'], allow?.()),
    ).rejects.toMatchObject({ code: error })
  })

  test('a copy is the same, byte for byte', () => {
    const copy = readFileSync(join(root, `copy-${language}.png`))
    expect(copy.equals(readFileSync(join(root, 'large.png')))).toBe(true)
  })
})

test('an address is not asked before somebody reads it', async () => {
  asked.length = 0
  await run('lua', 'Media.url("ORIGIN/unread.png")', net())
  expect(asked).toEqual([])
})
