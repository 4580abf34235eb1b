import type { Kernel } from '@llmspell/kernel'
import type { MigratedEntry, Migration, StateBackend } from '@llmspell/sdk'
import { finishMigration, migrate, schemaVersions, STATE_SCOPE } from '@llmspell/sdk/store'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openState, OTHER, put, rowsOf, SHELF } from './store.ts'

let kernel: Kernel
let store: StateBackend

beforeEach(async () => {
  kernel = await openState({ store: 'memory' })
  store = await (await kernel.use('state')).backend()
})
afterEach(() => kernel.stop())

type Map = (entry: MigratedEntry) => readonly MigratedEntry[]

const mapping = (map: Map): Migration['up'] =>
  async function* (entries) {
    for await (const entry of entries) yield* map(entry)
  }

const step = (from: number, up: Map, down?: Map, id?: string): Migration => ({
  kind: 'custom',
  schema: 'goods',
  from,
  to: from + 1,
  up: mapping(up),
  ...(down ? { down: mapping(down) } : {}),
  ...(id === undefined ? {} : { id }),
})

/** 1: a number. 2: a table. 3: the keys have a prefix, and what is empty is gone. */
const TABLE = step(
  1,
  ([key, count]) => [[key, { count: count as number }]],
  ([key, value]) => [[key, (value as { count: number }).count]],
)
const PREFIXED: Map = ([key, value]) =>
  (value as { count: number }).count === 0 ? [] : [[`good.${key}`, value]]
const PREFIX = step(2, PREFIXED, ([key, value]) => [[key.slice(5), value]])

const fill = (): Promise<unknown> =>
  store.commit([
    ...Array.from({ length: 7 }, (_, n) => put(`k${n}`, n)),
    put('other', 1, OTHER),
    { ...put('short', 5), ttlMs: 3_600_000, schema: 'untrusted' },
  ])

describe('migrations', () => {
  test('bring data through all versions, and back', async () => {
    await fill()
    const before = await rowsOf(store)
    const report = await migrate(store, [PREFIX, TABLE], { chunk: 3 })
    expect(report).toMatchObject({
      dryRun: false,
      steps: [{ from: 1, to: 3, scopes: 2, entries: 9, added: 8, removed: 9 }],
      versions: { 'custom/goods': 3 },
    })
    expect((await rowsOf(store)).slice(0, 2)).toEqual([
      ['other', 'good.other', { count: 1 }],
      ['shelf', 'good.k1', { count: 1 }],
    ])
    expect(await migrate(store, [PREFIX, TABLE])).toMatchObject({ steps: [] })
    await migrate(store, [PREFIX, TABLE], { targets: { 'custom/goods': 1 } })
    expect(await rowsOf(store)).toEqual(before.filter(([, key]) => key !== 'k0'))
    expect(await schemaVersions(store)).toEqual({ 'custom/goods': 1 })
    const left = await Array.fromAsync(store.entries({ kind: 'plugin' }), ({ key }) => key)
    expect(left).toEqual(['version/custom/goods'])
  })

  test('keep times and marks', async () => {
    await fill()
    await migrate(store, [TABLE])
    const entry = (await store.scope(SHELF).get('short'))!
    expect(entry).toMatchObject({ value: { count: 5 }, schema: 'untrusted' })
    expect(entry.expiresAt! - Date.now()).toBeGreaterThan(3_000_000)
  })

  test('a dry run tells what would be, and touches nothing', async () => {
    await fill()
    const { seq } = await store.stats()
    const { steps } = await migrate(store, [TABLE], { dryRun: true })
    expect(steps).toMatchObject([{ from: 1, to: 2, entries: 9, changed: 9, added: 0 }])
    expect(steps[0]!.differences[0]).toEqual({
      scope: OTHER,
      key: 'other',
      before: 1,
      after: { count: 1 },
    })
    expect((await store.stats()).seq).toBe(seq)
  })

  test('data of newer code is not touched', async () => {
    await fill()
    await migrate(store, [TABLE, PREFIX])
    const { seq } = await store.stats()
    const work = migrate(store, [TABLE])
    await expect(work).rejects.toMatchObject({ code: 'STATE_NEWER' })
    expect((await store.stats()).seq).toBe(seq)
  })

  test('a failure leaves the old data', async () => {
    await fill()
    const before = await rowsOf(store)
    const bad = step(2, ([key, value]) => {
      if (key === 'k5') throw new Error('no such thing')
      return [[key, value]]
    })
    const work = migrate(store, [TABLE, bad], { chunk: 2 })
    await expect(work).rejects.toMatchObject({
      code: 'STATE_MIGRATION_FAILED',
      message: expect.stringContaining('no such thing') as unknown,
    })
    expect(await rowsOf(store)).toEqual(before)
    expect(await Array.fromAsync(store.entries({ kind: 'plugin' }))).toEqual([])
  })

  test('no way back but a backup is told before anything is touched', async () => {
    await fill()
    const one = step(1, ([key]) => [[key, 'x']])
    await migrate(store, [one])
    const before = await rowsOf(store)
    const work = migrate(store, [one], { targets: { 'custom/goods': 1 } })
    await expect(work).rejects.toMatchObject({ code: 'STATE_MIGRATION_FAILED' })
    expect(await rowsOf(store)).toEqual(before)
  })

  test('nothing to migrate is at the newest version at once', async () => {
    expect(await migrate(store, [TABLE, PREFIX])).toMatchObject({
      steps: [],
      versions: { 'custom/goods': 3 },
    })
  })

  test('bring only what is named', async () => {
    await fill()
    const other = { ...TABLE, schema: 'other' }
    const report = await migrate(store, [TABLE, other], { only: ['custom/goods'] })
    expect(report.versions).toEqual({ 'custom/goods': 2 })
    for (const wrong of [{ only: ['custom/good'] }, { targets: { 'custom/good': 1 } }])
      await expect(migrate(store, [TABLE], wrong)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        hint: "Did you mean 'custom/goods'?",
      })
  })

  test.each([
    ['a step back', { from: 2, to: 1 }],
    ['a scope of the service itself', { kind: 'plugin', id: STATE_SCOPE.id }],
    ['all scopes of plugins', { kind: 'plugin' }],
    ['half a number', { from: 0.5 }],
  ])('%s is refused', async (_, wrong) => {
    const work = migrate(store, [{ ...TABLE, ...wrong } as Migration])
    await expect(work).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

/** The same store, that ends after so many commits. */
function endingAfter(commits: number): StateBackend {
  let left = commits
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'commit') return value.bind(target) as unknown
      return (...args: Parameters<StateBackend['commit']>) => {
        if (left-- <= 0) throw new Error('ended')
        return target.commit(...args)
      }
    },
  })
}

/** Ended at one commit, opened again, and migrated to the end. */
async function endedAfter(commits: number) {
  await kernel.stop()
  kernel = await openState({ store: 'memory' })
  store = await (await kernel.use('state')).backend()
  await fill()
  const old = JSON.stringify(await rowsOf(store))
  let read = 0
  const counted = step(2, (entry) => {
    read++
    return PREFIXED(entry)
  })
  const ended = await migrate(endingAfter(commits), [TABLE, counted], { chunk: 2 }).then(
    () => false,
    () => true,
  )
  // What a store is opened with.
  const finished = await finishMigration(store)
  const isNew = finished || 'custom/goods' in (await schemaVersions(store))
  const mixed = !isNew && JSON.stringify(await rowsOf(store)) !== old
  await migrate(store, [TABLE, counted], { chunk: 2 })
  const rows = (await rowsOf(store)).filter(([, key]) => key.startsWith('good.')).length
  return { ended, mixed, rows, readAgain: read > 9 + 2 }
}

test('ended at any commit it leaves the old or the new, and goes on to the new', async () => {
  const outcomes = [await endedAfter(0)]
  while (outcomes.at(-1)!.ended) outcomes.push(await endedAfter(outcomes.length))
  expect(outcomes.length).toBeGreaterThan(10)
  const right = { mixed: false, rows: 8, readAgain: false }
  expect(outcomes).toEqual(outcomes.map((_, n) => ({ ended: n < outcomes.length - 1, ...right })))
})
