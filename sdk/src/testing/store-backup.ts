import { expect, test } from 'vitest'
import { backupOf, failure, HOME, put, streamOf } from './store-kit.ts'
import type { Bench } from './store-kit.ts'

const OTHER = { tenant: 'local', kind: 'user', id: 'u' } as const

async function fill(bench: Bench): Promise<void> {
  const ops = Array.from({ length: 300 }, (_, n) => put(`k${n}`, { n, text: 'x'.repeat(n) }))
  await bench.store.commit([...ops, put('bytes', new Uint8Array([0, 255])), put('u', 1, OTHER)])
  await bench.home.put('short', 1, { ttlMs: 1000 })
}

export function backupTests(bench: () => Bench): void {
  test('a backup brings everything back, revisions and times included', async () => {
    await fill(bench())
    const { store } = bench()
    const before = [await Array.fromAsync(bench().home.iterate()), await bench().all(OTHER)]
    const bytes = await backupOf(store)
    await store.commit([put('k1', 'changed'), put('new', 1)])
    const manifest = await store.restore(streamOf(bytes), { mode: 'replace' })
    expect(manifest).toMatchObject({ format: 1, entries: 303 + bench().own })
    expect([await Array.fromAsync(bench().home.iterate()), await bench().all(OTHER)]).toEqual(
      before,
    )
    bench().time += 1000
    expect(await bench().home.get('short')).toBeUndefined()
    expect(await store.sweep(bench().time, 10)).toBe(1)
    expect(await Array.fromAsync(store.verify())).toEqual([])
  })

  test('numbers go on after a restore, and watchers are reset', async () => {
    const { store, home } = bench()
    const bytes = await backupOf(store)
    const { rev } = await home.put('a', 1)
    const seen = await bench().seen(1, () => store.restore(streamOf(bytes), { mode: 'replace' }))
    expect(seen).toMatchObject([{ reset: expect.any(BigInt) }])
    expect((await home.put('a', 1)).rev).toBeGreaterThan(rev)
  })

  test('a backup is of one moment while everything changes', async () => {
    const { store } = bench()
    const both = (n: number) => store.commit([put('a', n), put('z', n)])
    await fill(bench())
    await both(0)
    let n = 0
    let leave = false
    const writing = (async () => {
      while (!leave) await both(++n)
    })()
    const backups = [await backupOf(store), await backupOf(store)]
    leave = true
    await writing
    for (const bytes of backups) {
      await store.restore(streamOf(bytes), { mode: 'replace' })
      const [a, z] = await bench().home.getMany(['a', 'z'])
      expect(a!.value).toBe(z!.value)
    }
  })

  test('a part is backed up alone', async () => {
    await fill(bench())
    const bytes = await backupOf(bench().store, { kind: 'user' })
    await bench().store.restore(streamOf(bytes), { mode: 'replace' })
    expect(await bench().all()).toEqual([])
    expect(await bench().all(OTHER)).toEqual([['u', 1]])
  })

  test('an occupied store is not written over by mistake', async () => {
    const { store, home } = bench()
    const bytes = await backupOf(store)
    await store.restore(streamOf(bytes), { mode: 'empty-only' })
    await home.put('a', 1)
    const work = store.restore(streamOf(bytes), { mode: 'empty-only' })
    expect(await failure(work)).toMatchObject({ code: 'STATE_NOT_EMPTY' })
    expect(await bench().all()).toEqual([['a', 1]])
  })

  test('verify-only touches nothing', async () => {
    await fill(bench())
    const bytes = await backupOf(bench().store)
    await bench().store.scope(OTHER).put('later', 1)
    await bench().store.restore(streamOf(bytes), { mode: 'verify-only' })
    expect(await bench().store.scope(OTHER).get('later')).toBeDefined()
  })

  test('every cut and every flipped bit is found before anything is touched', async () => {
    await fill(bench())
    const { store } = bench()
    const bytes = await backupOf(store)
    await store.commit([put('mark', 1)])
    for (let round = 0; round < 40; round++) {
      const at = Math.floor((bytes.length * (round + 0.5)) / 40)
      const flipped = bytes.slice()
      flipped[at]! ^= 1 << (round % 8)
      for (const bad of [flipped, bytes.slice(0, at)]) {
        const work = store.restore(streamOf(bad), { mode: 'replace' })
        expect(await failure(work), `at ${at}`).toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
      }
    }
    const doubled = store.restore(streamOf(Buffer.concat([bytes, bytes])), { mode: 'replace' })
    expect(await failure(doubled)).toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
    expect(await bench().home.get('mark')).toBeDefined()
  })

  test('a backup that is called off ends', async () => {
    await fill(bench())
    const sink = new WritableStream<Uint8Array>()
    const work = bench().store.backup(sink, { signal: AbortSignal.abort() })
    expect(await failure(work)).toMatchObject({ code: 'CANCELLED' })
  })

  test('stats tell its size, how far its changes reach back, and its health', async () => {
    await bench().store.commit([put('a', 'x'.repeat(10_000), HOME)])
    const stats = await bench().store.stats()
    expect(stats).toMatchObject({ oldestSeq: 1n, health: 'ok' })
    expect(stats.bytes).toBeGreaterThan(1000)
  })
}
