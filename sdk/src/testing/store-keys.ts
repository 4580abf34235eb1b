import { expect, test } from 'vitest'
import type { Json } from '../contracts/journal.ts'
import type { Scope } from '../contracts/state.ts'
import { failure, HOME } from './store-kit.ts'
import type { Bench } from './store-kit.ts'

/** Out of order, and each where another order would put it elsewhere. */
const KEYS = [
  'b',
  'a',
  'Z',
  'ä',
  'a\u0000',
  'a/b',
  '10',
  '9',
  '\u{1f30d}',
  '\uffee',
  'zz',
  ' ',
  '\u0001',
]

const BAD_KEYS: readonly unknown[] = ['', '\ud800', 'x'.repeat(1025), 'é'.repeat(513), 7, null]

const BAD_VALUES: readonly [string, unknown][] = [
  ['nothing', undefined],
  ['a function', () => 1],
  ['NaN', { a: [Number.NaN] }],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a date', { at: new Date(0) }],
  ['a map', new Map()],
  ['a big integer', 1n],
  ['a lone surrogate', ['\udc00']],
  ['bytes inside JSON', { bytes: new Uint8Array(2) }],
  ['a hole', [1, undefined]],
  ['a cycle', cyclic()],
]

const NEIGHBOURS: readonly Scope[] = [
  { tenant: 'a', kind: 'user', id: 'b' },
  { tenant: 'a', kind: 'user', id: 'bb' },
  { tenant: 'a', kind: 'user', id: '' },
  { tenant: 'aa', kind: 'user', id: 'b' },
  { tenant: 'a', kind: 'custom', id: 'b' },
  { tenant: '', kind: 'user', id: 'ab' },
  { tenant: 'a', kind: 'user', id: 'b\u0001' },
]

function cyclic(): unknown {
  const value: { self?: unknown } = {}
  value.self = value
  return value
}

export function keyTests(bench: () => Bench): void {
  test('come in order of their UTF-8 bytes, both ways', async () => {
    for (const key of KEYS) await bench().home.put(key, key)
    const order = KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect((await bench().all()).map(([key]) => key)).toEqual(order)
    const back = await Array.fromAsync(bench().home.iterate({ reverse: true }), ([key]) => key)
    expect(back).toEqual(order.toReversed())
  })

  test.each([
    [{ gte: 'b', lt: 'd' }, ['b', 'ba', 'c']],
    [{ prefix: 'b' }, ['b', 'ba']],
    [{ after: 'b' }, ['ba', 'c', 'd']],
    [{ after: 'c', reverse: true }, ['ba', 'b', 'a']],
    [{ limit: 2 }, ['a', 'b']],
    [{ limit: 0 }, []],
    [{ limit: 1, reverse: true }, ['d']],
    [{ prefix: 'b', gte: 'ba', lt: 'zz' }, ['ba']],
    [{ gte: 'c', lt: 'b' }, []],
    [{ prefix: 'x' }, []],
  ])('are read from %j', async (options, expected) => {
    for (const key of ['d', 'c', 'ba', 'b', 'a']) await bench().home.put(key, 1)
    expect(await Array.fromAsync(bench().home.iterate(options), ([key]) => key)).toEqual(expected)
  })

  test('of one scope never reach another', async () => {
    for (const [n, scope] of NEIGHBOURS.entries()) await bench().store.scope(scope).put('k', n)
    for (const [n, scope] of NEIGHBOURS.entries())
      expect(await bench().all(scope)).toEqual([['k', n]])
    expect(await bench().store.scope(NEIGHBOURS[0]!).clear()).toBe(1)
    expect(await bench().all(NEIGHBOURS[0])).toEqual([])
    expect(await bench().all(NEIGHBOURS[1])).toEqual([['k', 1]])
  })

  test('of all scopes are read together, those of one scope in a row', async () => {
    const scopes = [...NEIGHBOURS, HOME]
    for (const scope of scopes)
      for (const key of ['b', 'a']) await bench().store.scope(scope).put(key, scope.id)
    const found = await Array.fromAsync(bench().store.entries())
    const runs = found.map(
      ({ scope, key, entry }) => `${JSON.stringify(scope)} ${key} ${JSON.stringify(entry.value)}`,
    )
    const expected = scopes.map((scope) =>
      ['a', 'b'].map((key) => `${JSON.stringify(scope)} ${key} ${JSON.stringify(scope.id)}`),
    )
    expect(runs).toHaveLength(2 * scopes.length)
    for (const [a, b] of expected) expect(runs.indexOf(b!)).toBe(runs.indexOf(a!) + 1)
    for (const { tenant, kind, id } of scopes) {
      const some = bench().store.entries({ tenant, kind, id, prefix: 'b' })
      expect(await Array.fromAsync(some, ({ key }) => key)).toEqual(['b'])
      const one = bench().store.entries({ tenant, kind, id, key: 'a' })
      expect(await Array.fromAsync(one, ({ key }) => key)).toEqual(['a'])
      expect(await Array.fromAsync(bench().store.entries({ tenant, kind, id, key: '' }))).toEqual(
        [],
      )
    }
  })

  test.each(BAD_KEYS.map((key) => [key]))('are refused: %j', async (key) => {
    const put = bench().home.put(key as string, 1)
    expect(await failure(put)).toMatchObject({ code: 'STATE_KEY_INVALID' })
  })

  test('a scope with a part that is too long is refused', () => {
    const scope = { ...HOME, id: 'x'.repeat(256) }
    expect(() => bench().store.scope(scope)).toThrow(/255 bytes/)
  })

  test.each(BAD_VALUES)('a value is refused: %s', async (_, value) => {
    const put = bench().home.put('k', value as Json)
    expect(await failure(put)).toMatchObject({ code: 'VALUE_UNSUPPORTED' })
    expect(await bench().home.get('k')).toBeUndefined()
  })

  test('a value beyond the limit is refused', async () => {
    const { maxValueBytes } = bench().store.capabilities
    const put = bench().home.put('k', new Uint8Array(maxValueBytes + 1))
    expect(await failure(put)).toMatchObject({ code: 'VALUE_TOO_LARGE' })
  })

  test.each<[Json]>([
    [null],
    [false],
    [0],
    [-1.5e300],
    ['é\u0000'],
    [[]],
    [{}],
    [{ a: [{ b: null }] }],
  ])('the value %j comes back as it is', async (value) => {
    const { rev } = await bench().home.put('k', value)
    expect(await bench().home.get('k')).toEqual({ value, rev })
  })

  test('bytes are copies on the way in and on the way out', async () => {
    const whole = new Uint8Array([9, 1, 2, 9])
    const writing = bench().home.put('k', whole.subarray(1, 3))
    whole.fill(7)
    await writing
    const first = (await bench().home.get<Uint8Array>('k'))!.value
    expect(first).toEqual(new Uint8Array([1, 2]))
    expect(first.constructor).toBe(Uint8Array)
    expect([first.byteOffset, first.buffer.byteLength]).toEqual([0, 2])
    first.fill(8)
    expect((await bench().home.get('k'))!.value).toEqual(new Uint8Array([1, 2]))
  })

  test('getMany answers in order, with nothing where nothing is', async () => {
    await bench().home.put('a', 1)
    await bench().home.put('b', 2)
    const found = await bench().home.getMany(['b', 'x', 'a'])
    expect(found.map((entry) => entry?.value)).toEqual([2, undefined, 1])
  })

  test('an iterator that is left early lets the store close', async () => {
    for (let n = 0; n < 200; n++) await bench().home.put(`k${n}`, n)
    for await (const _ of bench().home.iterate()) break
    await bench().store.close()
    expect(await failure(bench().home.get('k1'))).toMatchObject({ code: 'STATE_UNAVAILABLE' })
  })

  test('an iterator sees the keys of its beginning', async () => {
    await bench().home.put('a', 1)
    await bench().home.put('c', 1)
    const seen: string[] = []
    for await (const [key] of bench().home.iterate()) {
      seen.push(key)
      await bench().home.put('b', 1)
      await bench().home.delete('c')
    }
    expect(seen).toEqual(['a', 'c'])
  })
}
