import { expect, test } from 'vitest'
import { del, failure, put } from './store-kit.ts'
import type { Bench } from './store-kit.ts'

const RUN = { tenant: 'local', kind: 'run', id: 'r1' } as const
const USER = { tenant: 'local', kind: 'user', id: 'u1' } as const

/** More than any log of changes holds. */
const FAR = 40

export function watchTests(bench: () => Bench): void {
  test('a watcher sees each change, in order', async () => {
    const { store } = bench()
    const seen = await bench().seen(4, async () => {
      await store.commit([put('a', 1), put('b', 1)])
      await store.commit([put('a', 2)])
      await store.commit([del('b')])
    })
    expect(seen.map((each) => 'op' in each && [each.op, each.key])).toEqual([
      ['put', 'a'],
      ['put', 'b'],
      ['put', 'a'],
      ['delete', 'b'],
    ])
  })

  test.each([
    [{ kind: 'run' }, ['r']],
    [{ tenant: 'local', kind: 'user', id: 'u1', prefix: 'u2' }, ['u2']],
    [{ tenant: 'nobody' }, []],
  ] as const)('a watcher of %j sees its own', async (select, expected) => {
    const { store } = bench()
    const write = async (): Promise<void> => {
      await store.commit([put('r', 1, RUN), put('u1', 1, USER), put('u2', 1, USER)])
      await store.commit([put('last', 1, { ...RUN, tenant: 'nobody' })])
    }
    const seen = await bench().seen(Math.max(1, expected.length), write, select)
    const keys = seen.map((each) => 'op' in each && each.key).filter((key) => key !== 'last')
    expect(keys).toEqual(expected)
  })

  test('a watcher goes on behind a number', async () => {
    const { home } = bench()
    const { rev } = await home.put('a', 1)
    await home.put('b', 1)
    const seen = await bench().seen(2, () => home.put('c', 1), {}, rev)
    expect(seen).toMatchObject([
      { key: 'b', seq: rev + 1n },
      { key: 'c', seq: rev + 2n },
    ])
  })

  test('a watcher that begins beyond the end is reset', async () => {
    const { rev } = await bench().home.put('a', 1)
    expect(await bench().seen(1, async () => {}, {}, rev + 100n)).toEqual([{ reset: rev }])
  })

  test('a watcher that is too slow gets one reset, then what comes after', async () => {
    const { store } = bench()
    const leave = new AbortController()
    const watch = store.watch({}, { signal: leave.signal })[Symbol.asyncIterator]()
    await store.commit([put('first', 1)])
    expect((await watch.next()).value).toMatchObject({ key: 'first' })
    let head = 0n
    for (let round = 0; round < FAR; round++) {
      const commits = Array.from({ length: 500 }, (_, n) => store.commit([put(`k${n}`, round)]))
      head = (await Promise.all(commits)).at(-1)!.seq
    }
    const seen: unknown[] = []
    for (let each = await watch.next(); ; each = await watch.next()) {
      seen.push(each.value)
      if ('reset' in each.value || seen.length > 1000) break
    }
    expect(seen.at(-1)).toEqual({ reset: head })
    await store.commit([put('next', 1)])
    expect((await watch.next()).value).toMatchObject({ key: 'next', seq: head + 1n })
    leave.abort()
    expect((await watch.next()).done).toBe(true)
  })

  test('a thousand watchers end with the store', async () => {
    const signal = new AbortController().signal
    const watches = Array.from({ length: 1000 }, async () => {
      for await (const change of bench().store.watch({}, { signal })) return change
      return undefined
    })
    const idle = Array.fromAsync(bench().store.watch({ tenant: 'nobody' }, { signal }))
    await bench().home.put('a', 1)
    for (const seen of await Promise.all(watches)) expect(seen).toMatchObject({ key: 'a' })
    await bench().store.close()
    expect(await idle).toEqual([])
  })

  test('a snapshot is one view, whatever is written later', async () => {
    const { store, home } = bench()
    await home.put('a', 1)
    const { rev } = await home.put('b', 1)
    const snapshot = await store.snapshot()
    expect(snapshot.seq).toBe(rev)
    await store.commit([put('a', 2), del('b'), put('c', 2)])
    expect((await home.get('a', { at: snapshot }))!.value).toBe(1)
    expect(await home.get('c', { at: snapshot })).toBeUndefined()
    const keys = await Array.fromAsync(home.iterate({ at: snapshot }), ([key]) => key)
    expect(keys).toEqual(['a', 'b'])
    await snapshot[Symbol.asyncDispose]()
    expect(await failure(home.get('a', { at: snapshot }))).toMatchObject({ code: 'INPUT_INVALID' })
    expect((await home.get('a'))!.value).toBe(2)
  })

  test('a store closes with a snapshot left open', async () => {
    const snapshot = await bench().store.snapshot()
    await bench().store.close()
    const read = bench().home.get('a', { at: snapshot })
    expect(await failure(read)).toMatchObject({ code: 'STATE_UNAVAILABLE' })
    await snapshot[Symbol.asyncDispose]()
  })
}
