import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { NewFile, WriteOptions } from '@llmspell/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'
import { filesWorld } from './support.ts'
import type { FilesWorld } from './support.ts'

const WRITER = join(ROOT, 'test', 'files', 'writer.ts')
const NODE = [process.execPath, '--conditions=@llmspell/source', WRITER]

let world: FilesWorld
beforeAll(async () => {
  world = await filesWorld()
})
beforeEach(() => world.put('a.txt', 'old'))
afterAll(() => world[Symbol.asyncDispose]())

const begin = (path: string, mode: WriteOptions['mode'] = 'replace'): Promise<NewFile> =>
  world.files.write(path, world.access({ write: ['.'] }), { mode })
const contentOf = (path = 'a.txt'): string => readFileSync(join(world.root, path), 'utf8')
const temporary = (folder = world.root): string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.tmp'))

async function write(path: string, text: string, mode?: WriteOptions['mode']) {
  await using file = await begin(path, mode)
  await file.write(Buffer.from(text))
  return await file.commit()
}

interface Writer {
  readonly child: ChildProcess
  /** What it says next. */
  readonly said: Promise<string>
}

function writer(args: readonly string[], before: readonly string[] = []): Writer {
  const [command, ...rest] = [...before, ...NODE, ...args]
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = once(child.stdout, 'data').then(([data]) => String(data))
  return { child, said }
}

describe('a file that is not committed', () => {
  test.each(['replace', 'create', 'append'] as const)(
    'by %s leaves all as it was',
    async (mode) => {
      const path = mode === 'create' ? 'new.txt' : 'a.txt'
      for (const leave of [
        (file: NewFile) => file.abort(),
        (file: NewFile) => file[Symbol.asyncDispose](),
      ]) {
        const file = await begin(path, mode)
        await file.write(Buffer.from('more'))
        await leave(file)
        await expect(file.commit()).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
      }
      expect(contentOf()).toBe('old')
      expect(readdirSync(world.root)).toEqual(['a.txt'])
    },
  )

  test('does not show before it is', async () => {
    const file = await begin('a.txt')
    await file.write(Buffer.from('new'))
    expect(contentOf()).toBe('old')
    expect(await file.commit()).toEqual({ bytes: 3, created: false })
    expect(contentOf()).toBe('new')
  })

  test('takes nothing back that another has appended', async () => {
    const file = await begin('a.txt', 'append')
    await file.write(Buffer.from('-mine'))
    await write('a.txt', '-other', 'append')
    await file.abort()
    expect(contentOf()).toBe('old-mine-other')
  })
})

test('of many that create the same file one does', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => write('one.txt', String(i), 'create')),
  )
  const codes = results.map((row) => (row.status === 'fulfilled' ? 'ok' : row.reason.code))
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1)
  expect(new Set(codes)).toEqual(new Set(['ok', 'FILE_EXISTS']))
  expect(temporary()).toEqual([])
})

test('of many that replace a file one is there whole', async () => {
  const texts = Array.from({ length: 20 }, (_, i) => String(i % 10).repeat(100_000))
  await Promise.all(texts.map((text) => write('a.txt', text)))
  expect(texts).toContain(contentOf())
  expect(temporary()).toEqual([])
})

test.skipIf(process.platform === 'win32')(
  'the mode stays, without marks of another owner',
  async () => {
    chmodSync(join(world.root, 'a.txt'), 0o4750)
    await write('a.txt', 'new')
    expect(statSync(join(world.root, 'a.txt')).mode & 0o7777).toBe(0o750)
    chmodSync(join(world.root, 'a.txt'), 0o644)
  },
)

test('a limit of bytes leaves the old file', async () => {
  const access = world.access({ write: ['.'] })
  for (const mode of ['replace', 'append'] as const) {
    const file = await world.files.write('a.txt', access, { mode, maxBytes: 5 })
    await file.write(Buffer.from('new'))
    await expect(file.write(Buffer.from('more'))).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  }
  expect(contentOf()).toBe('old')
  expect(temporary()).toEqual([])
})

describe('after a crash', () => {
  test('the old file is there, and the next write removes what was left', async () => {
    const { child, said } = writer(['replace', world.root, 'a.txt', '100000', 'wait'])
    expect(await said).toBe('written\n')
    expect(temporary()).toHaveLength(1)
    await write('while.txt', 'it lives')
    expect(temporary()).toHaveLength(1)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(contentOf()).toBe('old')
    await write('after.txt', 'it is gone')
    expect(temporary()).toEqual([])
  })

  test('of another machine, what is old is removed', async () => {
    const [fresh, old] = ['1', '2'].map((n) => `.llmspell-0000000${n}-1-0123456789abcdef.tmp`)
    world.put(fresh!)
    world.put(old!)
    utimesSync(join(world.root, old!), 1e9, 1e9)
    world.put('.llmspell-notes.tmp', 'not one of these')
    await write('a.txt', 'new')
    expect(temporary().toSorted()).toEqual([fresh, '.llmspell-notes.tmp'].toSorted())
    for (const name of temporary()) rmSync(join(world.root, name))
  })
})

describe('a full disk', () => {
  const limited = spawnSync('prlimit', ['--version']).status === 0
  const folder = (): string => join(world.root, 'disk')
  let mounted = false
  beforeAll(() => {
    mkdirSync(folder())
    const options = ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder()]
    mounted = spawnSync('mount', options, { stdio: 'ignore' }).status === 0
    writeFileSync(join(folder(), 'a.txt'), 'old')
  })
  afterAll(() => {
    if (mounted) spawnSync('umount', ['-l', folder()])
  })

  test.for(['replace', 'append'] as const)('by %s leaves the old file', async (mode, { skip }) => {
    if (!mounted) skip('no right to mount a small disk')
    const file = await begin('disk/a.txt', mode)
    const writing = (async () => {
      for (let i = 0; i < 20; i++) await file.write(Buffer.alloc(65_536, 'x'))
    })()
    await expect(writing).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      hint: 'Make room on the disk.',
      details: { system: 'ENOSPC' },
    })
    expect(contentOf('disk/a.txt')).toBe('old')
    expect(readdirSync(folder())).toEqual(['a.txt'])
    expect(await write('disk/a.txt', 'old')).toMatchObject({ bytes: 3 })
  })

  test.skipIf(!limited)('or a limit of the process leaves the old file', async () => {
    const args = ['replace', world.root, 'a.txt', '1000000', 'go']
    const { child, said } = writer(args, ['prlimit', '--fsize=200000'])
    expect(await said).toBe('FILE_UNWRITABLE EFBIG\n')
    await once(child, 'close')
    expect(contentOf()).toBe('old')
    expect(temporary()).toEqual([])
  })
})
