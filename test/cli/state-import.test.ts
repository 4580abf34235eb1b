import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import type { StateBackend, StateOp } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { imported, type Existing } from '../../cli/src/state/import-store.ts'
import { openState, put, rowsOf } from '../state/store.ts'
import { Home } from './state-home.ts'
import { envelope, Folder } from './support.ts'

/** Three entries in each of two scopes. */
const SCOPES = ['one', 'two'] as const
const LINES = SCOPES.flatMap((scope) => ['a', 'b', 'c'].map((key) => ({ scope, key, value: 1 })))
const textOf = (lines: readonly object[]): string =>
  [{ format: 'llmspell-state/1' }, ...lines, { end: true, entries: lines.length }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')

let kernel: Kernel
let store: StateBackend

beforeEach(async () => {
  kernel = await openState({ store: 'memory' })
  store = await (await kernel.use('state')).backend()
})
afterEach(() => kernel.stop())

/** Another one comes in between: right before the commit that this tells. */
function beaten(atomic: 'store' | 'scope', commit: number, op: StateOp): StateBackend {
  let commits = 0
  const overlay: Partial<StateBackend> = {
    capabilities: { ...store.capabilities, atomic },
    commit: async (ops, options) => {
      if (++commits === commit) await store.commit([op])
      return store.commit(ops, options)
    },
  }
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in overlay ? overlay : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const work = (file: string, place: StateBackend, existing: Existing = 'refuse') => ({
  file,
  store: place,
  now: Date.now(),
  existing,
  tell: () => {},
})

describe('a key that comes in while an import is written', () => {
  const scope = { tenant: 'local', kind: 'custom', id: 'two' } as const
  const theirs = put('b', 'theirs', scope)

  test.each([
    ['store', 1, 0],
    ['scope', 2, 3],
  ] as const)('stops it: one commit spans a %s', async (atomic, commit, written) => {
    using folder = new Folder({ 'all.jsonl': textOf(LINES) })
    const file = join(folder.path, 'all.jsonl')
    const place = beaten(atomic, commit, theirs)
    await expect(imported(work(file, place), false)).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
      message: expect.stringContaining(
        written === 0 ? 'nothing was changed' : `${written} of 6 entries came in`,
      ) as unknown,
      details: { written, entries: 6, conflicts: [{ key: 'b' }] },
    })
    expect(await rowsOf(store)).toHaveLength(written + 1)
    const rest = await imported(work(file, store, 'skip'), false)
    expect(rest).toMatchObject({ entries: 6, existing: written + 1, written: 5 - written })
    expect(await rowsOf(store)).toContainEqual(['two', 'b', 'theirs'])
  })
})

describe('a file', () => {
  const LONG = 33 * 1024 * 1024

  test.each([
    ['a line without an end', Buffer.from(`${textOf([]).split('\n')[0]}\n${' '.repeat(LONG)}`), 2],
    ['other bytes than UTF-8', Buffer.concat([Buffer.from(textOf([])), Buffer.of(0xff, 10)]), 3],
    ['an entry too many', Buffer.from(textOf(LINES).replace('6}', '5}')), 8],
  ])('with %s changes nothing, and the line is named', async (_, bytes, line) => {
    using folder = new Folder()
    const file = folder.write('all.jsonl', bytes)
    await expect(imported(work(file, store), false)).rejects.toMatchObject({
      code: 'STATE_EXPORT_INVALID',
      details: { line },
    })
    expect(await rowsOf(store)).toEqual([])
  })
})

test('of two processes that import the same at once one does, whole', async () => {
  using home = new Home({
    'all.jsonl': textOf(LINES),
    'own.toml': '[plugins.state]\nstore = "sqlite"\n',
  })
  const words = ['--config=own.toml', '--json']
  const both = await Promise.all([1, 2].map(() => home.state(['import', 'all.jsonl', ...words])))
  expect(new Set(both.map(({ code }) => code))).toEqual(new Set([0, 3]))
  expect(both.map(envelope)).toContainEqual(expect.objectContaining({ written: 6, atomic: true }))
  expect(both.map(envelope)).toContainEqual({
    ok: false,
    error: expect.objectContaining({ code: 'STATE_CONFLICT' }) as unknown,
  })
  const { entries } = envelope(await home.state(['list', ...words]))
  expect(entries).toHaveLength(6)
})
