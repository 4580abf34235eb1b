import fc from 'fast-check'
import { expect, test } from 'vitest'
import { around } from './difference.ts'

const long = 'x'.repeat(3000)

test.each([
  ['a', 'b', { expected: 'a', found: 'b' }],
  ['same', 'same, and more', { expected: 'same', found: 'same, and more' }],
  [
    `${long}1${long}`,
    `${long}2`,
    { expected: `…${'x'.repeat(120)}1${'x'.repeat(379)}…`, found: `…${'x'.repeat(120)}2` },
  ],
])('%#: what stands around the first difference', (expected, found, shown) => {
  expect(around(expected, found)).toEqual(shown)
})

test('different texts are shown as different ones, however long they are alike', () => {
  const text = fc.string({ maxLength: 2000 })
  fc.assert(
    fc.property(text, text, text, (same, a, b) => {
      const { expected, found } = around(`${same}${same}a${a}`, `${same}${same}b${b}`)
      expect(expected).not.toBe(found)
      expect(Math.max(expected.length, found.length)).toBeLessThanOrEqual(502)
    }),
  )
})
