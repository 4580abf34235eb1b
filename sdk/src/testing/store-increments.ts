import { expect, test } from 'vitest'
import { backupOf, del, failure, HOME, put, streamOf } from './store-kit.ts'
import type { Bench } from './store-kit.ts'

const OTHER = { tenant: 'local', kind: 'user', id: 'u' } as const

export function incrementTests(bench: () => Bench): void {
  const restore = (bytes: Uint8Array, mode: 'replace' | 'add' | 'verify-only') =>
    bench().store.restore(streamOf(bytes), { mode })

  /** A whole backup and two increments, and what they should bring back. */
  async function chain(): Promise<{ parts: Uint8Array[]; end: unknown }> {
    const { store, home } = bench()
    await store.commit([put('a', 1), put('b', 1), put('gone', 1), put('u', 1, OTHER)])
    const whole = await backupOf(store)
    const first = await home.put('a', 2)
    await store.commit([del('gone'), put('c', 'x'.repeat(5000)), put('c', 3)])
    await home.put('b', 2, { ttlMs: 1000 })
    const one = await backupOf(store, undefined, first.rev - 1n)
    const last = (await store.stats()).seq!
    await store.commit([put('gone', 2), put('twice', 1), del('twice'), del('u', OTHER)])
    const two = await backupOf(store, undefined, last)
    const end = await Array.fromAsync(store.entries())
    return { parts: [whole, one, two], end }
  }

  test('a whole backup and its increments bring everything back', async () => {
    const { parts, end } = await chain()
    const { store, home } = bench()
    await home.put('later', 1)
    await restore(parts[0]!, 'replace')
    expect(await restore(parts[1]!, 'add')).toMatchObject({ format: 2, entries: 3, deletes: 1 })
    await restore(parts[2]!, 'add')
    expect(await Array.fromAsync(store.entries())).toEqual(end)
    expect(await Array.fromAsync(store.verify())).toEqual([])
    bench().time += 1000
    expect(await home.get('b')).toBeUndefined()
  })

  test('an increment is taken only by what it follows', async () => {
    const { parts } = await chain()
    const [whole, one, two] = parts as [Uint8Array, Uint8Array, Uint8Array]
    const misfits: [Uint8Array, 'replace' | 'add'][] = [
      [one, 'add'],
      [one, 'replace'],
      [whole, 'add'],
    ]
    for (const [bytes, mode] of misfits)
      expect(await failure(restore(bytes, mode))).toMatchObject({ code: 'STATE_BACKUP_MISFIT' })
    await restore(whole, 'replace')
    expect(await failure(restore(two, 'add'))).toMatchObject({ code: 'STATE_BACKUP_MISFIT' })
    await restore(one, 'add')
    expect(await failure(restore(one, 'add'))).toMatchObject({ code: 'STATE_BACKUP_MISFIT' })
    await bench().home.put('mine', 1)
    expect(await failure(restore(two, 'add'))).toMatchObject({ code: 'STATE_BACKUP_MISFIT' })
    expect((await bench().home.get('mine'))!.value).toBe(1)
  })

  test('an increment of another selection is no increment of this one', async () => {
    const { store } = bench()
    const { seq } = await store.commit([put('a', 1), put('u', 1, OTHER)])
    const part = await backupOf(store, [{ kind: 'user' }])
    await store.commit([put('a', 2), put('u', 2, OTHER)])
    const whole = await backupOf(store, undefined, seq)
    const same = await backupOf(store, [{ kind: 'user' }], seq)
    await restore(part, 'replace')
    expect(await failure(restore(whole, 'add'))).toMatchObject({ code: 'STATE_BACKUP_MISFIT' })
    await restore(same, 'add')
    expect([await bench().all(), await bench().all(OTHER)]).toEqual([[], [['u', 2]]])
  })

  test('what has expired is gone from an increment, and from what it is added to', async () => {
    const { store, home } = bench()
    const { rev } = await home.put('a', 1)
    const whole = await backupOf(store)
    await home.put('a', 2, { ttlMs: 10 })
    bench().time += 10
    const one = await backupOf(store, undefined, rev)
    await restore(whole, 'replace')
    await restore(one, 'add')
    expect(await bench().all()).toEqual([])
  })

  test('an increment behind what nobody knows is refused', async () => {
    const { store, home } = bench()
    const whole = await backupOf(store)
    const { rev } = await home.put('a', 1)
    expect(await failure(backupOf(store, undefined, rev + 1n))).toMatchObject({
      code: 'STATE_SINCE_LOST',
    })
    await restore(whole, 'replace')
    expect(await failure(backupOf(store, undefined, rev))).toMatchObject({
      code: 'STATE_SINCE_LOST',
    })
  })

  test('a flipped bit of an increment is found before anything is touched', async () => {
    const { parts } = await chain()
    await restore(parts[0]!, 'replace')
    const before = await Array.fromAsync(bench().store.entries())
    for (let round = 0; round < 10; round++) {
      const bad = parts[1]!.slice()
      bad[Math.floor((bad.length * (round + 0.5)) / 10)]! ^= 1 << (round % 8)
      expect(await failure(restore(bad, 'add'))).toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
    }
    expect(await Array.fromAsync(bench().store.entries())).toEqual(before)
    await restore(parts[1]!, 'add')
  })

  test('a plan tells what a restore would do, and touches nothing', async () => {
    const { parts } = await chain()
    const { store } = bench()
    await store.commit([put('a', 9), put('new', 1)])
    const before = await Array.fromAsync(store.entries())
    const { own } = bench()
    expect((await restore(parts[0]!, 'verify-only')).plan).toEqual({
      scopes: { global: 3, user: 1, ...(own > 0 ? { plugin: own } : {}) },
      entries: 4 + own,
      deletes: 0,
      held: 5 + own,
      adds: 1,
      changes: 3,
      same: own,
      removes: 2,
      conflicts: ['a', 'b', 'gone'].map((key) => ({ scope: HOME, key })),
      modes: ['replace'],
    })
    expect((await restore(parts[1]!, 'verify-only')).plan).toMatchObject({ modes: [], removes: 1 })
    expect(await Array.fromAsync(store.entries())).toEqual(before)
    await restore(parts[0]!, 'replace')
    const { plan } = await restore(parts[1]!, 'verify-only')
    expect(plan).toMatchObject({ modes: ['add'], adds: 1, changes: 2, removes: 1 })
    await store.scope(HOME).clear()
    await store.scope(OTHER).clear()
    const { plan: empty } = await restore(parts[0]!, 'verify-only')
    const modes = own > 0 ? ['replace'] : ['empty-only', 'replace']
    expect(empty).toMatchObject({ modes, adds: 4, removes: 0 })
  })

  test('stats tell the last change, and what has expired', async () => {
    const { store, home } = bench()
    await home.put('a', 1, { ttlMs: 5 })
    const { rev } = await home.put('b', 1, { ttlMs: 50 })
    bench().time += 5
    expect(await store.stats()).toMatchObject({ seq: rev, expired: 1 })
    await store.sweep(bench().time, 10)
    expect(await store.stats()).toMatchObject({ seq: rev + 1n, expired: 0 })
  })
}
