import { expect, test } from 'vitest'
import type { StateBackend } from '../contracts/state.ts'
import { backupOf, failure, HOME, put, streamOf } from './store-kit.ts'
import type { Bench, StoreSuite } from './store-kit.ts'

/** What two handles on the same data owe each other, in one process or in two. */
export function sharedTests(bench: () => Bench, suite: StoreSuite): void {
  const both = async (): Promise<readonly [StateBackend, StateBackend]> => [
    bench().store,
    await bench().beside(),
  ]

  test('a store of several processes says so, and is tested as such', () => {
    expect(bench().store.capabilities.multiProcess).toBe(suite.beside !== undefined)
  })

  test.runIf(suite.beside)('what one has written, the other reads', async () => {
    const [one, two] = await both()
    const { rev } = await one.scope(HOME).put('a', 1)
    expect(await two.scope(HOME).get('a')).toEqual({ value: 1, rev })
    expect(await two.scope(HOME).put('b', 2)).toEqual({ rev: rev + 1n })
    expect(await bench().all()).toHaveLength(2)
    expect(await Array.fromAsync(one.verify())).toEqual([])
  })

  test.runIf(suite.beside)('of many that expect the same, one gets through', async () => {
    const stores = await both()
    const { rev } = await bench().home.put('n', -1)
    const tries = Array.from({ length: 40 }, (_, n) =>
      stores[n % 2]!.scope(HOME).put('n', n, { rev }),
    )
    const settled = await Promise.allSettled(tries)
    const through = settled.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []))
    expect(through).toHaveLength(1)
    for (const store of stores) expect((await store.scope(HOME).get('n'))!.value).toBe(through[0])
  })

  test.runIf(suite.beside)('counting with read, expect, again loses nothing', async () => {
    const stores = await both()
    await bench().home.put('n', 0)
    await Promise.all(Array.from({ length: 20 }, (_, n) => count(stores[n % 2]!)))
    expect((await bench().home.get('n'))!.value).toBe(20)
  })

  test.runIf(suite.beside)('of copies of a commit through both, one is made', async () => {
    const stores = await both()
    const copies = Array.from({ length: 20 }, (_, n) =>
      stores[n % 2]!.commit([put('a', n)], { once: 'x' }),
    )
    const made = await Promise.all(copies)
    expect(made.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    expect(new Set(made.map(({ seq }) => seq)).size).toBe(1)
  })

  test.runIf(suite.beside)('commits of both have one row of numbers without a gap', async () => {
    const stores = await both()
    const first = await bench().store.commit([put('k', 0)])
    const commits = Array.from({ length: 60 }, (_, n) => stores[n % 2]!.commit([put(`k${n}`, n)]))
    const seqs = (await Promise.all(commits)).map(({ seq }) => seq)
    const expected = Array.from({ length: 60 }, (_, n) => first.seq + BigInt(n + 1))
    expect(seqs.toSorted((a, b) => Number(a - b))).toEqual(expected)
  })

  test.runIf(suite.beside)('a watcher sees what the other writes, each change once', async () => {
    const [one, two] = await both()
    if (one.capabilities.watch !== 'store') return
    await two.commit([put('before', 0)])
    const seen = await bench().seen(60, async () => {
      const stores = [one, two]
      for (let n = 0; n < 60; n++) await stores[n % 2]!.commit([put(`k${n}`, n)])
    })
    expect(seen.map((each) => 'op' in each && each.key)).toEqual(
      Array.from({ length: 60 }, (_, n) => `k${n}`),
    )
  })

  test.runIf(suite.beside)('a snapshot of one does not see the other', async () => {
    const [one, two] = await both()
    await one.scope(HOME).put('a', 1)
    await using snapshot = await one.snapshot()
    await two.commit([put('a', 2), put('b', 2)])
    expect((await one.scope(HOME).get('a', { at: snapshot }))!.value).toBe(1)
    expect(await one.scope(HOME).get('b', { at: snapshot })).toBeUndefined()
    expect((await one.scope(HOME).get('a'))!.value).toBe(2)
  })

  test.runIf(suite.beside)('a restore through one is one through both', async () => {
    const [one, two] = await both()
    await one.commit([put('a', 1)])
    const bytes = await backupOf(one)
    const { seq } = await two.commit([put('a', 2), put('b', 2)])
    await one.restore(streamOf(bytes), { mode: 'replace' })
    expect(await Array.fromAsync(two.scope(HOME).iterate(), ([key]) => key)).toEqual(['a'])
    expect((await two.commit([put('c', 3)])).seq).toBeGreaterThan(seq)
    expect(await failure(two.restore(streamOf(bytes), { mode: 'empty-only' }))).toMatchObject({
      code: 'STATE_NOT_EMPTY',
    })
  })

  test.runIf(suite.beside)('one goes on when the other is closed', async () => {
    const [one, two] = await both()
    await two.commit([put('a', 1)])
    await two.close()
    await one.commit([put('b', 1)])
    expect(await bench().all()).toHaveLength(2)
  })
}

async function count(store: StateBackend): Promise<void> {
  const scope = store.scope(HOME)
  for (;;) {
    const { value, rev } = (await scope.get<number>('n'))!
    const { code } = await failure(scope.put('n', value + 1, { rev }))
    if (code === 'none') return
    expect(code).toBe('STATE_CONFLICT')
  }
}
