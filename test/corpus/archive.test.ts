import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import type { Value } from '@llmspell/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BOMBS } from './archive-bombs.ts'
import { archiveBytes } from './archive-bytes.ts'
import type { ArchiveSpec } from './archive-bytes.ts'
import { dataKernel, outcomeOf } from './data-rows.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly archive: ArchiveSpec
  /** Name of the archive; default `given`. */
  readonly as?: string
  readonly expect: string
  readonly says?: string
  /** What was extracted, in order of names. */
  readonly files?: readonly string[]
  /** False where the names are fine: the fault is of bytes, or of the place. */
  readonly list?: boolean
}

// Read at run time: the bundler's own reader refuses half a surrogate pair.
const json = readFileSync(new URL('archive.json', import.meta.url), 'utf8')
const { rows } = JSON.parse(json) as { readonly rows: readonly Row[] }

let kernel: Kernel
let base = ''
let root = ''
beforeAll(async () => {
  kernel = await dataKernel(['tool-archive'])
  base = mkdtempSync(join(tmpdir(), 'archive-'))
  root = join(base, 'root')
})
afterAll(async () => {
  await kernel.stop()
  rmSync(base, { recursive: true, force: true })
})
beforeEach(() => {
  rmSync(base, { recursive: true, force: true })
  for (const folder of [join(root, 'out'), join(base, 'outside')])
    mkdirSync(folder, { recursive: true })
  writeFileSync(join(base, 'outside', 'canary.txt'), 'canary')
  writeFileSync(join(root, 'out', 'there.txt'), 'old')
  symlinkSync(join(base, 'outside'), join(root, 'out', 'link'))
  symlinkSync(join(base, 'outside', 'canary.txt'), join(root, 'out', 'leads'))
})

const BEFORE = ['leads', 'link', 'there.txt']

/** The files below the folder by their paths, links not followed. */
function tree(folder = join(root, 'out')): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  const paths = entries.flatMap((entry) =>
    entry.isDirectory()
      ? tree(join(folder, entry.name)).map((path) => `${entry.name}/${path}`)
      : [entry.name],
  )
  return paths.toSorted()
}

function run(input: { readonly [key: string]: Value }, allow = { read: ['.'], write: ['./out'] }) {
  const row = { id: '', name: '', tool: 'archive', input, expect: '' }
  return outcomeOf(row, kernel, { root, allow })
}

describe('the corpus of archives', () => {
  test.each(rows)('$id $name → $expect', async (row) => {
    const path = row.as ?? 'given'
    writeFileSync(join(root, path), archiveBytes(row.archive))
    const listed = await run({ operation: 'list', path })
    const { code, message } = await run({ operation: 'extract', path, to: 'out' })
    expect({ code, said: message }).toEqual({
      code: row.expect,
      said: expect.stringContaining(row.says ?? ''),
    })
    const unsafe = row.expect === 'ARCHIVE_UNSAFE' && row.list !== false
    expect(unsafe ? JSON.stringify(listed.result) : '"refused":').toContain('"refused":')
    expect(tree()).toEqual([...BEFORE, ...(row.files ?? [])].toSorted())
    expect(readFileSync(join(base, 'outside', 'canary.txt'), 'utf8')).toBe('canary')
    expect(tree(base).filter((name) => !name.startsWith('root/out/'))).toEqual([
      'outside/canary.txt',
      `root/${path}`,
    ])
    expect(message).not.toContain(base)
  })
})

describe('bombs', () => {
  const SIZE = 256 * 1024 * 1024
  const MIB = 1024 * 1024

  test.each(Object.keys(BOMBS))('%s ends early and holds little', async (name) => {
    const path = join(root, 'bomb')
    await BOMBS[name]!(path, SIZE)
    writeFileSync(join(root, 'small'), archiveBytes({ format: 'tar.gz', entries: [] }))
    await run({ operation: 'list', path: 'small' })
    const before = process.memoryUsage.rss()
    let most = before
    const sampler = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 1)
    const { code, ms } = await run({ operation: 'extract', path: 'bomb', to: 'out' })
    await run({ operation: 'list', path: 'bomb' })
    clearInterval(sampler)
    expect(code).toMatch(/^ARCHIVE_(?:LIMIT|DAMAGED|UNSAFE)$/)
    expect((Math.max(most, process.memoryUsage.rss()) - before) / MIB).toBeLessThan(64)
    expect(ms).toBeLessThan(2000)
    expect(tree()).toEqual(BEFORE)
  })
})

test('an honest large archive is packed and unpacked with flat memory', async () => {
  const piece = Buffer.from(Array.from({ length: 2 ** 20 }, (_, i) => (i * 2654435761) >>> 13))
  const content = Buffer.concat(Array.from({ length: 64 }, () => piece))
  writeFileSync(join(root, 'large.bin'), content)
  const allow = { read: ['.'], write: ['.'] }
  for (const to of ['large.zip', 'large.tar', 'large.tar.gz', 'large.tar.zst']) {
    const before = process.memoryUsage.rss()
    let most = before
    const sampler = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 5)
    const made = await run({ operation: 'create', from: ['large.bin'], to }, allow)
    const back = await run({ operation: 'extract', path: to, to: `out/${to}` }, allow)
    clearInterval(sampler)
    expect([made.code, back.code]).toEqual(['ok', 'ok'])
    expect((most - before) / 2 ** 20).toBeLessThan(96)
    expect(readFileSync(join(root, 'out', to, 'large.bin')).equals(content)).toBe(true)
  }
})
test.skipIf(process.platform === 'win32').each(['zip', 'tar'])(
  'a program in a %s is one again only where that is asked for',
  async (format) => {
    const entries = [
      { name: 'run.sh', text: 'x', mode: 0o104777 },
      { name: 'a.txt', text: 'x' },
    ]
    writeFileSync(join(root, 'given'), archiveBytes({ format, entries }))
    const modes = async (input: { readonly [key: string]: Value }): Promise<number[]> => {
      const { code } = await run({ operation: 'extract', path: 'given', to: 'out', ...input })
      expect(code).toBe('ok')
      const all = entries.map(({ name }) => statSync(join(root, 'out', name)).mode & 0o7111)
      for (const { name } of entries) rmSync(join(root, 'out', name))
      return all
    }
    expect(await modes({})).toEqual([0, 0])
    expect(await modes({ executable: true })).toEqual([0o111 & ~process.umask(), 0])
  },
)

test('what was written before a missing grant is told', async () => {
  const entries = ['a.txt', 'sub/b.txt'].map((name) => ({ name, text: name }))
  writeFileSync(join(root, 'given'), archiveBytes({ format: 'zip', entries }))
  const allow = { read: ['.'], write: ['./out/a.txt'] }
  const { code, message } = await run({ operation: 'extract', path: 'given', to: 'out' }, allow)
  expect(code).toBe('PERMISSION_DENIED')
  expect(message).toContain('Written before: 1 file.')
  expect(tree()).toEqual(['a.txt', ...BEFORE])
})
