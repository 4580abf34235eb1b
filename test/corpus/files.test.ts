import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  ByteRange,
  DefinedPlugin,
  Access,
  Files,
  OpenFile,
  OpenOptions,
  Services,
} from '@llmspell/sdk'
import files from '@llmspell/files'
import { filesWorld } from '../files/support.ts'
import type { FilesWorld } from '../files/support.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

interface Row {
  readonly id: string
  readonly path?: string
  readonly repeat?: readonly [string, number]
  readonly allow: readonly string[]
  readonly deny?: readonly string[]
  readonly config?: object
  readonly expect: string
  /** A path that must be answered with the same words. */
  readonly same?: string
  readonly hidden?: string
  readonly only?: string
}

const DEFAULTS = {
  maxBytes: 1 << 30,
  links: 'granted',
  hardLinks: false,
  maxEntries: 1000,
  maxDepth: 16,
}
// Read at run time: the bundler's own reader refuses half a surrogate pair.
const text = readFileSync(new URL('files.json', import.meta.url), 'utf8')
const { rows } = JSON.parse(text) as { readonly rows: readonly Row[] }
let base = ''
let root = ''
let outside = ''
let server: Server
let world: FilesWorld

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'files-')))
  root = join(base, 'root')
  outside = join(base, 'outside')
  for (const folder of [join(root, 'sub'), outside, `${root}-twin`])
    mkdirSync(folder, { recursive: true })
  writeFileSync(join(root, 'a.txt'), 'inside')
  writeFileSync(join(root, 'sub', 'b.txt'), 'below')
  writeFileSync(join(outside, 'secret.txt'), 'secret')
  writeFileSync(join(`${root}-twin`, 'a.txt'), 'twin')
  for (const [name, target] of Object.entries(links())) symlinkSync(target, join(root, name))
  writeFileSync(join(outside, 'twice.txt'), 'twice')
  linkSync(join(outside, 'twice.txt'), join(root, 'hard.txt'))
  writeFileSync(join(root, 'sparse.bin'), '')
  truncateSync(join(root, 'sparse.bin'), 2 ** 36)
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(root, 'pipe')])
  server = createServer().listen(join(root, 'socket'))
  world = await filesWorld()
})

afterAll(async () => {
  server.close()
  await world[Symbol.asyncDispose]()
  rmSync(base, { recursive: true, force: true })
})

function links(): Record<string, string> {
  return {
    'link-inside.txt': 'a.txt',
    'link-outside.txt': join(outside, 'secret.txt'),
    'link-folder': outside,
    'link-dangling.txt': join(outside, 'no-such.txt'),
    'link-loop.txt': 'link-loop.txt',
    'link-denied.txt': join('sub', 'b.txt'),
    'link-proc.txt': '/proc/self/environ',
    'link-null': '/dev/null',
  }
}

async function service<K extends keyof Services>(
  plugin: DefinedPlugin<never>,
  name: K,
  needs: Partial<Services>,
  config: object,
): Promise<Services[K]> {
  let found: unknown
  const use = (key: keyof Services): unknown => needs[key]
  const provide = (_name: string, value: unknown): void => void (found = value)
  await plugin.setup({ id: name, config, use, provide, contribute() {} } as never)
  return found as Services[K]
}

function open(config: object = {}): Promise<Files> {
  const { permissions, audit } = world
  return service(files, 'files', { permissions, audit }, { ...DEFAULTS, ...config })
}

function accessOf({ allow, deny = [] }: Pick<Row, 'allow' | 'deny'>, at = root): Access {
  const grants = [
    {
      holder: 'command line',
      allow: { read: allow.map(placed) },
      deny: { read: deny.map(placed) },
    },
  ]
  return { subject: "Tool 'test'", grants, root: at }
}

function placed(path: string): string {
  return path.replace('{root}', root).replace('{outside}', outside)
}

const held: OpenFile[] = []

/** Opens a file that is closed when the test ends. */
async function hold(
  fs: Files,
  path: string,
  access: Access,
  options?: OpenOptions,
): Promise<OpenFile> {
  const file = await fs.open(path, access, options)
  held.push(file)
  return file
}

afterEach(() => Promise.all(held.splice(0).map((file) => file.close())))

async function read(row: Row, path: string): Promise<string> {
  const fs = await open(row.config)
  try {
    const file = await hold(fs, path, accessOf(row))
    const parts: Uint8Array[] = []
    for await (const part of file.read()) parts.push(part)
    return `ok:${Buffer.concat(parts).toString()}`
  } catch (error) {
    const { code, message, hint, details } = error as Record<string, unknown>
    return [code, message, hint, JSON.stringify(details)].join('\n')
  }
}

/** What the answer must not tell: what the row names, and the host's folders unless the caller named them. */
function secrets({ hidden, expect: expected }: Row, path: string): string[] {
  const folders = expected.startsWith('ok:') || path.startsWith('/') ? [] : [base]
  return hidden === undefined ? folders : [...folders, hidden]
}

describe('the corpus of reads', () => {
  test.each(rows)('$id: $path $allow → $expect', { timeout: 5000 }, async (row) => {
    if (row.only && row.only !== process.platform) return
    const [part, times] = row.repeat ?? ['', 0]
    const path = placed(row.path ?? part.repeat(times))
    const answer = await read(row, path)
    expect(answer.split('\n')[0]).toBe(row.expect)
    expect(secrets(row, path).filter((secret) => answer.includes(secret))).toEqual([])
    const twin = placed(row.same ?? path)
    expect(await read(row, twin)).toBe(answer.replaceAll(path, twin))
  })
})

test('four pipes hold up nothing', async () => {
  const started = performance.now()
  const row = { id: '', allow: ['.'], expect: '' }
  await Promise.all(Array.from({ length: 8 }, () => read(row, 'pipe')))
  expect(await read(row, 'a.txt')).toBe('ok:inside')
  expect(performance.now() - started).toBeLessThan(2000)
})

test('a link that is swapped between granted and secret never gives the secret', async () => {
  const fs = await open()
  const [name, spare] = [join(root, 'swapped.txt'), join(root, 'spare')]
  let going = true
  const swapper = (async () => {
    for (let i = 0; going; i++) {
      symlinkSync(i % 2 ? join(root, 'a.txt') : join(outside, 'secret.txt'), spare)
      renameSync(spare, name)
      await new Promise(setImmediate)
    }
  })()
  const seen = new Set<string>()
  for (let i = 0; i < 500; i++) seen.add((await readOnce(fs, 'swapped.txt')).split('\n')[0]!)
  going = false
  await swapper
  expect(seen).not.toContain('ok:secret')
  expect(
    [...seen].every((s) => ['ok:inside', 'PERMISSION_DENIED', 'FILE_NOT_FOUND'].includes(s)),
  ).toBe(true)
})

async function readOnce(fs: Files, path: string): Promise<string> {
  try {
    const file = await hold(fs, path, accessOf({ allow: ['.'] }))
    for await (const part of file.read()) return `ok:${Buffer.from(part).toString()}`
    return 'ok:'
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

test('what happens to the name after opening does not matter', async () => {
  const fs = await open()
  writeFileSync(join(root, 'moved.txt'), 'first')
  const file = await hold(fs, 'moved.txt', accessOf({ allow: ['.'] }))
  rmSync(join(root, 'moved.txt'))
  writeFileSync(join(root, 'moved.txt'), 'second')
  for await (const part of file.read()) expect(Buffer.from(part).toString()).toBe('first')
})

test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])(
  'a file of %i bytes is read whole, in parts and past its end',
  async (size) => {
    const fs = await open()
    const bytes = Buffer.from(Array.from({ length: size }, (_, i) => i % 251))
    writeFileSync(join(root, 'sized.bin'), bytes)
    const file = await hold(fs, 'sized.bin', accessOf({ allow: ['.'] }))
    const all = async (range?: ByteRange): Promise<Buffer> =>
      Buffer.concat(await Array.fromAsync(file.read(range)))
    expect((await all()).equals(bytes)).toBe(true)
    for (const offset of [0, 1, size - 1, size, size + 1, 65_536].filter((at) => at >= 0)) {
      expect((await all({ offset })).equals(bytes.subarray(offset))).toBe(true)
      const part = bytes.subarray(offset, offset + 70_000)
      expect((await all({ offset, length: 70_000 })).equals(part)).toBe(true)
    }
  },
)

test('a file that changes its length while it is read is read to its end', async () => {
  const fs = await open()
  const path = join(root, 'changing.txt')
  writeFileSync(path, 'x'.repeat(100_000))
  const file = await hold(fs, 'changing.txt', accessOf({ allow: ['.'] }))
  const read = async (change: () => void): Promise<number> => {
    let length = 0
    for await (const part of file.read()) {
      if (length === 0) change()
      length += part.byteLength
    }
    return length
  }
  expect(await read(() => appendFileSync(path, 'y'.repeat(200_000)))).toBe(300_000)
  expect(await read(() => truncateSync(path, 70_000))).toBe(70_000)
})

test('a file that grows past its limit while it is read is refused', async () => {
  const fs = await open()
  const path = join(root, 'growing.txt')
  writeFileSync(path, 'x'.repeat(100_000))
  const file = await hold(fs, 'growing.txt', accessOf({ allow: ['.'] }), { maxBytes: 150_000 })
  const reading = (async () => {
    for await (const part of file.read()) appendFileSync(path, part)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
})

test('a name that was nearly right is suggested, if it may be read', async () => {
  const row = { id: '', allow: ['.'], expect: '' }
  expect(await read(row, 'sub/c.txt')).toContain("Did you mean 'sub/b.txt'?")
  expect(await read({ ...row, allow: ['./sub/c.txt'] }, 'sub/c.txt')).not.toContain('b.txt')
})

test('a root that is a link, and a path that goes by it, are the folder behind it', async () => {
  const fs = await open()
  const alias = join(base, 'alias')
  symlinkSync(root, alias)
  for (const path of ['a.txt', join(alias, 'a.txt'), join(root, 'a.txt')]) {
    const file = await hold(fs, path, accessOf({ allow: ['.'] }, alias))
    expect(file.path).toBe('a.txt')
  }
})

test('a signal ends the reading, and a closed file gives no more', async () => {
  const fs = await open()
  const stop = new AbortController()
  const access = { ...accessOf({ allow: ['.'] }), signal: stop.signal }
  const file = await hold(fs, 'a.txt', access)
  stop.abort()
  await expect(file.read()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  await expect(fs.open('a.txt', access)).rejects.toMatchObject({ code: 'CANCELLED' })
  const other = await fs.open('a.txt', accessOf({ allow: ['.'] }))
  await other.close()
  await other.close()
  await expect(other.read()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
})
