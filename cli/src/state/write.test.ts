import { expect, test } from 'vitest'
import { valueOf } from './write.ts'

test.each(['9007199254740993', '{"a":[-9007199254740993]}'])(
  '%s is refused as a number, and kept as text',
  (given) => {
    const code = 'VALUE_INVALID'
    expect(() => valueOf(given, false)).toThrow(expect.objectContaining({ code }))
    expect(valueOf(given, true)).toBe(given)
  },
)

test.each([
  ['9007199254740991', 9007199254740991],
  ['1.5', 1.5],
  ['1e300', 1e300],
  ['10000000000000000', 1e16],
  ['plain', 'plain'],
])('%s is kept as it is', (given, value) => {
  expect(valueOf(given, false)).toBe(value)
})
