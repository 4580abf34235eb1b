import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bucket } from './bucket.ts'

const steps = fc.array(
  fc.record({ pause: fc.double({ min: 0, max: 5000, noNaN: true }), tries: fc.nat(5) }),
  { minLength: 1, maxLength: 60 },
)
const rates = fc.record({
  perMs: fc.double({ min: 0.0001, max: 2, noNaN: true }),
  brim: fc.double({ min: 1, max: 20, noNaN: true }),
})

/** The times at which tokens were taken. */
function taken(bucket: Bucket, rows: readonly { pause: number; tries: number }[]): number[] {
  let at = 0
  return rows.flatMap(({ pause, tries }) => {
    at += pause
    return Array.from({ length: tries }, () => bucket.take(at)).flatMap((ok) => (ok ? [at] : []))
  })
}

describe('a bucket', () => {
  test('gives in no span more than its brim and what the span brings', () => {
    fc.assert(
      fc.property(rates, steps, ({ perMs, brim }, rows) => {
        const times = taken(new Bucket(perMs, brim, 0), rows)
        for (let from = 0; from < times.length; from++)
          for (let to = from; to < times.length; to++) {
            const most = brim + (times[to]! - times[from]!) * perMs
            expect(to - from + 1).toBeLessThanOrEqual(most + 1e-6)
          }
      }),
    )
  })

  test('has a token when the wait that it named is over, and not long before', () => {
    fc.assert(
      fc.property(rates, steps, ({ perMs, brim }, rows) => {
        const bucket = new Bucket(perMs, brim, 0)
        taken(bucket, rows)
        const at = rows.reduce((sum, { pause }) => sum + pause, 0)
        const wait = bucket.wait(at)
        expect(wait > 1 && bucket.take(at + wait - 0.5)).toBe(false)
        expect(bucket.take(at + wait)).toBe(true)
      }),
    )
  })

  test('is not filled by a clock that stands or goes back', () => {
    const bucket = new Bucket(1, 2, 100)
    expect([bucket.take(100), bucket.take(50), bucket.take(100), bucket.take(0)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    bucket.give(100)
    expect([bucket.take(100), bucket.isFull(101), bucket.isFull(102)]).toEqual([true, false, true])
  })
})
