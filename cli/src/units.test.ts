import { expect, test } from 'vitest'
import { count, duration, money, size } from './units.ts'

test.each([
  ['1500', 1500],
  ['250ms', 250],
  ['10s', 10_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
])('the duration %s', (text, ms) => expect(duration('max-time', text)).toBe(ms))

test.each([
  ['65536', 65_536],
  ['64MiB', 67_108_864],
  ['512k', 524_288],
  ['1 GB', 1_000_000_000],
])('the size %s', (text, bytes) => expect(size('max-memory', text)).toBe(bytes))

test.each(['', 'ten', '10 parsecs', '-1', '0', '1e99', '9'.repeat(30)])(
  'no duration: %j',
  (text) => {
    expect(() => duration('max-time', text)).toThrow(
      expect.objectContaining({
        code: 'FLAG_INVALID',
        message: expect.stringContaining(`'--max-time' is wrong: expected a duration`),
        hint: 'Write it as: --max-time=10s',
      }),
    )
  },
)

test.each([
  ['0.5', 0.5],
  ['$2', 2],
  ['.25', 0.25],
  ['0', 0],
])('the money %s', (text, dollars) => expect(money('max-cost', text)).toBe(dollars))

test.each(['', '$', '-1', '1e3', '0,5', '1 $', 'NaN'])('no money: %j', (text) => {
  expect(() => money('max-cost', text)).toThrow(
    expect.objectContaining({ code: 'FLAG_INVALID', hint: 'Write it as: --max-cost=0.5' }),
  )
})

test('a count is whole and at least 1', () => {
  expect(count('max-calls', '12')).toBe(12)
  expect(() => count('max-calls', '0')).toThrow('whole number')
})
