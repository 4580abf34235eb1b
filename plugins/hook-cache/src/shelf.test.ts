import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Shelf } from './shelf.ts'

const HOUR = 3_600_000

test('what was not used for the longest time goes first', () => {
  const shelf = new Shelf({ entries: 2, bytes: 1_000_000, ttlMs: HOUR })
  shelf.put('a', 1)
  shelf.put('b', 2)
  shelf.get('a')
  shelf.put('c', 3)
  expect(['a', 'b', 'c'].map((key) => shelf.get(key))).toEqual([1, undefined, 3])
  expect([shelf.size, shelf.dropped]).toEqual([2, 1])
})

test('nothing is given out when its time is over', async () => {
  const shelf = new Shelf({ entries: 2, bytes: 1_000_000, ttlMs: 5 })
  shelf.put('a', 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect([shelf.get('a'), shelf.size, shelf.bytes]).toEqual([undefined, 0, 0])
})

test('no limit is ever passed, and what is given is what was put last', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.option(fc.string({ maxLength: 400 }))),
  )
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (rows, entries) => {
      const shelf = new Shelf({ entries, bytes: 5000, ttlMs: HOUR })
      const put = new Map<string, string>()
      for (const [key, text] of rows) {
        const got = text === null ? shelf.get(key) : undefined
        expect(got === undefined || got === put.get(key)).toBe(true)
        if (text === null) continue
        put.set(key, text)
        const kept = shelf.put(key, text)
        expect(shelf.get(key)).toBe(kept ? text : undefined)
        expect(shelf.size).toBeLessThanOrEqual(entries)
        expect(shelf.bytes).toBeLessThanOrEqual(5000)
      }
      shelf.clear()
      expect([shelf.size, shelf.bytes]).toEqual([0, 0])
    }),
  )
})
