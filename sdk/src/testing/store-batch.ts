import { expect, test } from 'vitest'
import { del, failure, HOME, put } from './store-kit.ts'
import type { Bench } from './store-kit.ts'

const OTHER = { tenant: 'local', kind: 'run', id: 'r1' } as const

export function batchTests(bench: () => Bench): void {
  test('one key twice: the last wins', async () => {
    await bench().store.commit([put('k', 1), put('k', 2), put('x', 1), del('x')])
    expect(await bench().all()).toEqual([['k', 2]])
  })

  test('all or nothing, across scopes', async () => {
    const bad = [put('a', 1), put('b', 1, OTHER), put('', 1)]
    expect(await failure(bench().store.commit(bad))).toMatchObject({ code: 'STATE_KEY_INVALID' })
    expect(await bench().all()).toEqual([])
    await bench().store.commit([put('a', 1), put('b', 1, OTHER)])
    expect(await bench().all(OTHER)).toEqual([['b', 1]])
  })

  test('each commit has a higher number, which is the revision of what it wrote', async () => {
    const first = await bench().store.commit([put('a', 1), put('b', 1)])
    const second = await bench().store.commit([put('a', 2)])
    expect(second.seq).toBe(first.seq + 1n)
    expect((await bench().home.get('a'))!.rev).toBe(second.seq)
    expect((await bench().home.get('b'))!.rev).toBe(first.seq)
  })

  test('expectations of several keys are met or the commit is refused with the revs', async () => {
    const { rev } = await bench().home.put('a', 1)
    const expectA = { scope: HOME, key: 'a', rev }
    const expectB = { scope: HOME, key: 'b', rev: 'absent' } as const
    await bench().store.commit([put('b', 1)], { expect: [expectA, expectB] })
    const again = bench().store.commit([put('b', 2)], { expect: [expectA, expectB] })
    const error = await failure(again)
    expect(error).toMatchObject({
      code: 'STATE_CONFLICT',
      details: { conflicts: [{ key: 'b', expected: 'absent', found: String(rev + 1n) }] },
    })
    expect((await bench().home.get('b'))!.value).toBe(1)
  })

  test('a commit that expects nothing to have changed is refused behind a change of that alone', async () => {
    const { store } = bench()
    const { seq } = await store.commit([put('a', 1)])
    const unchanged = { select: { kind: HOME.kind, id: HOME.id }, since: seq } as const
    const many = await Promise.all([
      store.commit([put('b', 1, OTHER)], { unchanged }).then(() => 'done'),
      store.commit([put('a', 2)]),
      failure(store.commit([put('a', 3)], { unchanged })),
    ])
    expect(many[0]).toBe('done')
    expect(many[2]).toMatchObject({ code: 'STATE_CONFLICT' })
    expect((await bench().home.get('a'))!.value).toBe(2)
    const future = { ...unchanged, since: seq + 1000n }
    const early = store.commit([put('a', 4)], { unchanged: future })
    expect(await failure(early)).toMatchObject({ code: 'STATE_CONFLICT' })
  })

  test('of many that expect the same, one gets through', async () => {
    const { rev } = await bench().home.put('n', 0)
    const tries = Array.from({ length: 50 }, (_, n) => bench().home.put('n', n, { rev }))
    const settled = await Promise.allSettled(tries)
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const left = await bench().home.get('n')
    expect(left!.value).toBe(settled.findIndex(({ status }) => status === 'fulfilled'))
  })

  test('counting with read, expect, again loses nothing', async () => {
    const { home } = bench()
    await home.put('n', 0)
    const add = async (): Promise<void> => {
      for (;;) {
        const { value, rev } = (await home.get<number>('n'))!
        const error = await failure(home.put('n', value + 1, { rev }))
        if (error.code === 'none') return
        expect(error.code).toBe('STATE_CONFLICT')
      }
    }
    await Promise.all(Array.from({ length: 20 }, add))
    expect((await home.get('n'))!.value).toBe(20)
  })

  test('a refused commit leaves those of the same moment alone', async () => {
    const { home } = bench()
    await home.put('a', 1)
    const works = [home.put('x', 1), failure(home.put('a', 2, { rev: 'absent' })), home.put('y', 1)]
    expect((await Promise.all(works))[1]).toMatchObject({ code: 'STATE_CONFLICT' })
    expect((await bench().all()).map(([key]) => key)).toEqual(['a', 'x', 'y'])
  })

  test('a repeated commit answers with the first number and writes nothing', async () => {
    const { store, home } = bench()
    const first = await store.commit([put('a', 1)], { once: 'submit/1' })
    await home.put('a', 5)
    const second = await store.commit([put('a', 1)], { once: 'submit/1' })
    expect(first.duplicate).toBe(false)
    expect(second).toEqual({ seq: first.seq, duplicate: true })
    expect((await home.get('a'))!.value).toBe(5)
  })

  test('of 50 copies at once, one is made', async () => {
    const { store } = bench()
    const expectation = [{ scope: HOME, key: 'a', rev: 'absent' }] as const
    const made = await Promise.all(
      Array.from({ length: 50 }, () =>
        store.commit([put('a', 1)], { once: 'x', expect: expectation }),
      ),
    )
    expect(made.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    expect(new Set(made.map(({ seq }) => seq)).size).toBe(1)
  })

  test('what is refused is not known by its text', async () => {
    const { store } = bench()
    const { seq } = await store.commit([put('a', 1)])
    const wrong = [{ scope: HOME, key: 'a', rev: seq + 9n }]
    const refused = store.commit([put('a', 2)], { once: 'q', expect: wrong })
    expect(await failure(refused)).toMatchObject({ code: 'STATE_CONFLICT' })
    expect(await store.commit([put('a', 2)], { once: 'q' })).toMatchObject({ duplicate: false })
  })

  test('delete tells whether there was something, and keeps to a revision', async () => {
    const { home } = bench()
    expect(await home.delete('a')).toBe(false)
    const { rev } = await home.put('a', 1)
    expect(await failure(home.delete('a', { rev: rev + 1n }))).toMatchObject({
      code: 'STATE_CONFLICT',
    })
    expect(await home.delete('a', { rev })).toBe(true)
    expect(await home.get('a')).toBeUndefined()
  })

  test('clear takes what begins with a text, and says how many', async () => {
    const { home } = bench()
    const keys = ['a', 'ab', 'abc', 'b']
    for (const key of keys) await home.put(key, 1)
    expect(await home.clear({ prefix: 'ab' })).toBe(2)
    expect((await bench().all()).map(([key]) => key)).toEqual(['a', 'b'])
    expect(await home.clear()).toBe(2)
  })

  test('each durability that it names is taken', async () => {
    for (const durability of bench().store.capabilities.durability)
      await bench().home.put(durability, 1, { durability })
    expect(await bench().all()).toHaveLength(bench().store.capabilities.durability.length)
  })

  test('a commit beyond its limit is refused whole', async () => {
    const { store } = bench()
    const part = new Uint8Array(store.capabilities.maxValueBytes)
    const ops = Array.from({ length: 5 }, (_, n) => put(`k${n}`, part))
    expect(await failure(store.commit(ops))).toMatchObject({ code: 'VALUE_TOO_LARGE' })
    expect(await bench().all()).toEqual([])
  })
}
