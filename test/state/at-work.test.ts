import type { Kernel } from '@llmspell/kernel'
import type { Migration, MigrationWay, StateBackend } from '@llmspell/sdk'
import { finishMigration, migrate, schemaVersions } from '@llmspell/sdk/store'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openState, OTHER, put, rowsOf, SHELF } from './store.ts'

let kernel: Kernel
let store: StateBackend

beforeEach(async () => {
  kernel = await openState({ store: 'memory' })
  store = await (await kernel.use('state')).backend()
})
afterEach(() => kernel.stop())

type Product = readonly (readonly [string, number | { count: number }])[]

const countOf = (value: unknown): number =>
  typeof value === 'number' ? value : (value as { count: number }).count

/** A number becomes a table; what is a table already would be spoilt, so it is refused. */
const way = (made: (key: string, count: number) => Product): MigrationWay =>
  async function* (entries) {
    for await (const [key, value] of entries) {
      if (typeof value !== 'number') throw new Error(`'${key}' was migrated twice`)
      yield* made(key, value)
    }
  }

const migration = (up: MigrationWay): Migration => ({
  kind: 'custom',
  schema: 'goods',
  from: 1,
  to: 2,
  up,
})

const WAYS = {
  'into itself': way((key, count) => [[key, { count }]]),
  'into another key': way((key, count) => [[`good.${key}`, { count }]]),
  'into itself, or to nothing': way((key, count) => (count < 3 ? [] : [[key, { count }]])),
} satisfies Record<string, MigrationWay>

/** The same store, that does something before a commit of a kind. */
function hooked(before: (phase: string) => Promise<unknown>): StateBackend {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'commit') return value.bind(target) as unknown
      return async (...args: Parameters<StateBackend['commit']>) => {
        const work = args[0].find(({ key }) => key === 'migration')
        const moves = args[0].some(({ op, scope }) => op === 'put' && scope.kind === 'custom')
        const phase = work?.op === 'put' ? (work.value as { phase: string }).phase : undefined
        await before(moves ? 'move' : (phase ?? 'other'))
        return target.commit(...args)
      }
    },
  })
}

const fill = (): Promise<unknown> =>
  store.commit(Array.from({ length: 40 }, (_, n) => put(`k${n}`, n)))

const counts = async (): Promise<Record<string, number>> =>
  Object.fromEntries((await rowsOf(store)).map(([, key, value]) => [key, countOf(value)]))

/** What a writer does between two commits of a migration. */
const CHANGES = [
  ['puts a key', put('k7', 700), { k7: 700 }],
  ['puts a key to nothing', put('k8', 1), { k8: 1 }],
  ['puts a new key', put('late', 900), { late: 900 }],
  ['deletes a key', { op: 'delete', scope: SHELF, key: 'k9' }, { k9: undefined }],
] as const

describe.each(Object.entries(WAYS))('each entry made %s', (name, up) => {
  const expected = (raw: Record<string, number | undefined>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(raw).flatMap(([key, count]) => {
        if (count === undefined || (name.endsWith('nothing') && count < 3)) return []
        return [
          [name.endsWith('other key') || name.includes('another') ? `good.${key}` : key, count],
        ]
      }),
    )
  const start = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, n]))

  test.each(CHANGES)('a writer that %s before the switch loses nothing', async (_, op, change) => {
    await fill()
    const done: string[] = []
    const through = hooked(async (phase) => {
      if (phase !== 'clearing' || done.length > 2) return
      done.push(phase)
      await store.commit([op])
    })
    await migrate(through, [migration(up)], { chunk: 7 })
    expect(done).toHaveLength(3)
    expect(await counts()).toEqual(expected({ ...start, ...change }))
    const tables = (await rowsOf(store)).filter(([, , value]) => typeof value === 'object')
    expect(tables).toHaveLength(Object.keys(await counts()).length)
    expect(await Array.fromAsync(store.entries({ kind: 'plugin' }), ({ key }) => key)).toEqual([
      'version/custom/goods',
    ])
  })
})

describe('behind the switch', () => {
  const up = WAYS['into itself']

  async function lateWriter(op: (typeof CHANGES)[number][1], known?: readonly Migration[]) {
    await fill()
    let done = 0
    const through = hooked(async (phase) => {
      if (phase === 'move' && done++ === 0) await store.commit([op])
      if (phase === 'move' && known) throw new Error('ended')
    })
    await migrate(through, [migration(up)]).catch(() => undefined)
    await finishMigration(store, known)
    return Object.fromEntries((await rowsOf(store)).map(([, key, value]) => [key, value]))
  }

  test('what is put is brought to the new version', async () => {
    const rows = await lateWriter(CHANGES[0][1])
    expect(rows).toMatchObject({ k7: { count: 700 }, k6: { count: 6 } })
  })

  test('what is deleted stays deleted', async () => {
    expect(await lateWriter(CHANGES[3][1])).not.toHaveProperty('k9')
  })

  test('what is new stays', async () => {
    expect(await lateWriter(CHANGES[2][1])).toHaveProperty('late', 900)
  })

  test.each([
    ['is brought to the new version by the next start', [migration(up)], { count: 700 }],
    ['stays as it is where the next start does not know how', [], 700],
  ])('what is put before an end %s', async (_, known, value) => {
    const rows = await lateWriter(CHANGES[0][1], known)
    expect(rows).toMatchObject({ k7: value, k6: { count: 6 } })
  })
})

const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

test('a writer at work loses nothing', async () => {
  await fill()
  let [n, working] = [0, true]
  const writer = (async () => {
    for (; working; n++) {
      await store.commit([put(`w${n % 5}`, n), put(`x${n}`, n, OTHER)])
      await breath()
    }
  })()
  let parts = 0
  const slow: MigrationWay = async function* (entries, scope) {
    if (parts++ < 14) await breath()
    yield* WAYS['into itself'](entries, scope)
  }
  const report = await migrate(store, [migration(slow)], { chunk: 3 })
  const behind = n
  working = false
  await writer
  expect(report.versions).toEqual({ 'custom/goods': 2 })
  const all = await counts()
  expect(behind).toBeGreaterThan(3)
  for (let i = 0; i < n; i++) expect(all[`x${i}`], `x${i} of ${n}`).toBe(i)
  for (let i = 0; i < 40; i++) expect(all[`k${i}`]).toBe(i)
  expect(await schemaVersions(store)).toEqual({ 'custom/goods': 2 })
})

test('a form that is changed without an end keeps its old data, and nothing is lost', async () => {
  await fill()
  let n = 0
  const through = hooked((phase) =>
    phase === 'clearing' ? store.commit([put('k1', (n += 1))]) : Promise.resolve(),
  )
  const work = migrate(through, [migration(WAYS['into itself'])])
  await expect(work).rejects.toMatchObject({ code: 'STATE_CONFLICT' })
  expect(await counts()).toMatchObject({ k1: n, k2: 2 })
  await migrate(store, [migration(WAYS['into itself'])])
  expect(await counts()).toMatchObject({ k1: n, k2: 2, k39: 39 })
})
