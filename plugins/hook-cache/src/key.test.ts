import type { Value } from '@llmspell/sdk'
import fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { keyOf } from './key.ts'

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true }),
  fc.integer({ min: -2, max: 2 }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 4 }),
)
const values = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

/** The same with all keys the other way round. */
function turned(value: Value | undefined): Value | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: Value) => turned(item)) as Value
  const rows = Object.entries(value as Record<string, Value>).reverse()
  return Object.fromEntries(rows.map(([key, item]) => [key, turned(item)]))
}

test('keys of a table have no order', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(keyOf(turned(value))).toBe(keyOf(value))
    }),
  )
})

test('equal data have equal keys, and others have others', () => {
  const pairs = fc.oneof(
    fc.tuple(values, values),
    values.map((value) => [value, structuredClone(value)] as const),
  )
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      expect(keyOf(one) === keyOf(other)).toBe(isDeepStrictEqual(one, other))
    }),
    { numRuns: 2000 },
  )
})

test.each<[Value, Value]>([
  ['1', 1],
  ['null', null],
  [[], {}],
  [
    [[1], 2],
    [1, [2]],
  ],
  [
    ['ab', 'c'],
    ['a', 'bc'],
  ],
  [
    { a: 1, b: 2 },
    { a: 12, b: '' },
  ],
  [new Uint8Array([1]), 'AQ=='],
  [0, -0],
  [['a'], { 0: 'a' }],
])('%j and %j are told apart', (one, other) => {
  expect(keyOf(one)).not.toBe(keyOf(other))
})

test('parts are told apart, and a missing one from none; a key without a value does not count', () => {
  const all = [
    keyOf('a', 'b'),
    keyOf('ab'),
    keyOf('a'),
    keyOf('a', undefined),
    keyOf(['a', 'b']),
    keyOf(null),
  ]
  expect(new Set(all).size).toBe(all.length)
  expect(keyOf({ a: 1, b: undefined })).toBe(keyOf({ a: 1 }))
})
