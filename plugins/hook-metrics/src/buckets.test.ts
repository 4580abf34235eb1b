import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BOUNDS, bucketOf } from './buckets.ts'

test('each time is in the first bucket whose bound it does not pass', () => {
  const seconds = fc.oneof(
    fc.double({ min: 0, max: 1000, noNaN: true }),
    fc.constantFrom(...BOUNDS),
  )
  fc.assert(
    fc.property(seconds, (value) => {
      const found = BOUNDS.findIndex((bound) => value <= bound)
      expect(bucketOf(value)).toBe(found < 0 ? BOUNDS.length : found)
    }),
  )
})

test('what is no time is in the first', () => {
  expect([Number.NaN, -1, 0].map(bucketOf)).toEqual([0, 0, 0])
  expect(bucketOf(Infinity)).toBe(BOUNDS.length)
})
