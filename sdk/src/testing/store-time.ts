import { expect, test } from 'vitest'
import { failure, HOME, put } from './store-kit.ts'
import type { Bench } from './store-kit.ts'

export function timeTests(bench: () => Bench): void {
  test('what has expired is hidden at once, everywhere', async () => {
    const { home } = bench()
    await home.put('a', 1, { ttlMs: 1000 })
    await home.put('b', 2)
    expect((await home.get('a'))!.expiresAt).toBe(bench().time + 1000)
    bench().time += 1000
    expect(await home.get('a')).toBeUndefined()
    expect(await home.getMany(['a'])).toEqual([undefined])
    expect(await bench().all()).toEqual([['b', 2]])
    expect(await home.delete('a')).toBe(false)
  })

  test('not a moment before', async () => {
    await bench().home.put('a', 1, { ttlMs: 1000 })
    bench().time += 999
    expect((await bench().home.get('a'))!.value).toBe(1)
    expect(await bench().store.sweep(bench().time, 10)).toBe(0)
  })

  test('what has expired is absent to an expectation', async () => {
    await bench().home.put('a', 1, { ttlMs: 1000 })
    bench().time += 5000
    await bench().home.put('a', 2, { rev: 'absent' })
    expect((await bench().home.get('a'))!.value).toBe(2)
  })

  test('sweep removes the oldest first, up to its limit', async () => {
    const { home, store } = bench()
    for (let n = 1; n <= 5; n++) await home.put(`k${n}`, n, { ttlMs: n * 10 })
    bench().time += 40
    expect(await store.sweep(bench().time, 3)).toBe(3)
    expect(await store.sweep(bench().time, 3)).toBe(1)
    expect(await store.sweep(bench().time, 3)).toBe(0)
    expect(await bench().all()).toEqual([['k5', 5]])
  })

  test('a value that was written anew is not swept', async () => {
    const { home, store } = bench()
    await home.put('a', 1, { ttlMs: 10 })
    await home.put('a', 2)
    await home.put('b', 1, { ttlMs: 10 })
    await home.put('b', 2, { ttlMs: 1000 })
    bench().time += 500
    expect(await store.sweep(bench().time, 10)).toBe(0)
    expect(await bench().all()).toEqual([
      ['a', 2],
      ['b', 2],
    ])
    bench().time += 501
    expect(await store.sweep(bench().time, 10)).toBe(1)
  })

  test('a watcher sees what was swept', async () => {
    await bench().home.put('a', 1, { ttlMs: 10 })
    bench().time += 11
    const seen = await bench().seen(1, () => bench().store.sweep(bench().time, 10))
    expect(seen).toMatchObject([{ op: 'delete', key: 'a', scope: HOME }])
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('ttlMs %d is refused', async (ttlMs) => {
    const error = await failure(bench().home.put('a', 1, { ttlMs }))
    expect(error).toMatchObject({ code: 'INPUT_INVALID' })
  })

  test('the text of a commit is forgotten after a month, and swept', async () => {
    const { store } = bench()
    await store.commit([put('a', 1)], { once: 'x' })
    bench().time += 31 * 24 * 3600 * 1000
    await store.sweep(bench().time, 10)
    expect(await store.commit([put('a', 1)], { once: 'x' })).toMatchObject({ duplicate: false })
  })
}
