import { checkValue } from '@llmspell/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlain } from './plain.ts'

const accepted = (data: unknown): boolean => {
  try {
    checkValue(data, { refs: false })
    return true
  } catch {
    return false
  }
}

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.constantFrom(
    null,
    undefined,
    true,
    '\uD800',
    Number.NaN,
    2 ** 60,
    new Date(),
    'x'.repeat(2000),
  ),
)
const key = fc.oneof(fc.string(), fc.constantFrom('$llmspell', '__proto__', 'constructor', 'a'))

test('what is taken for plain passes the whole check', () => {
  const data = fc.oneof(
    scalar,
    fc.dictionary(key, scalar, { noNullPrototype: true }),
    fc.anything(),
    fc.array(scalar),
  )
  fc.assert(
    fc.property(data, (value) => {
      expect(isPlain(value) && !accepted(value)).toBe(false)
    }),
    { numRuns: 3000 },
  )
})

test.each([1, 'order', null, true, {}, { sum: 12, item: 'lamp' }])('%j is plain', (data) => {
  expect(isPlain(data)).toBe(true)
})
