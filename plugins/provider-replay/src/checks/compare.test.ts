import type { Value } from '@llmspell/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { difference } from './compare.ts'

const rows: readonly (readonly [Value | undefined, Value | undefined, string])[] = [
  [1, 2, ''],
  ['1', 1, ''],
  [null, false, ''],
  [[1, 2], [1, 2, 3], '[2]'],
  [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, '.a.b[0].c'],
  [{ a: 1 }, { a: 1, b: null }, '.b'],
  [[1], { 0: 1 }, ''],
  [Number.NaN, 0, ''],
  [new Uint8Array([1]), new Uint8Array([2]), '.sha256'],
]

test.each(rows)('%j is not %j', (actual, expected, path) => {
  expect(difference(actual, expected)).toMatchObject({ path })
  expect(difference(expected, actual)).toMatchObject({ path })
})

const same: readonly (readonly [Value | undefined, Value | undefined])[] = [
  [undefined, null],
  [[], {}],
  [-0, 0],
  [Number.NaN, Number.NaN],
  [
    { a: 1, b: [2] },
    { b: [2], a: 1 },
  ],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
]

test.each(same)('%j is %j', (actual, expected) => {
  expect(difference(actual, expected)).toBeUndefined()
})

test('any value is itself, and no other JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(difference(value as Value, structuredClone(value) as Value)).toBeUndefined()
      expect(difference({ value: value as Value }, { value: [value as Value, 1] })).toBeDefined()
    }),
  )
})
