import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

const drained = (turns: Turns<string>): string[] =>
  Array.from({ length: turns.size }, () => turns.next()!)

test('owners take turns, each with its own in order', () => {
  const turns = new Turns<string>()
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) turns.add(item[0]!, item)
  expect(turns.remove('a', 'a2')).toBe(true)
  expect(turns.remove('a', 'a2')).toBe(false)
  expect(drained(turns)).toEqual(['a1', 'b1', 'c1', 'a3', 'c2'])
  expect(turns.next()).toBeUndefined()
})

test('nothing is lost, and nobody is passed twice by one that came later', () => {
  const items = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
  fc.assert(
    fc.property(items, (owners) => {
      const turns = new Turns<string>()
      owners.forEach((owner, i) => turns.add(owner, `${owner}${i}`))
      const out = drained(turns)
      expect(out.toSorted()).toEqual(owners.map((owner, i) => `${owner}${i}`).toSorted())
      for (const owner of new Set(owners)) {
        const own = out.filter((item) => item.startsWith(owner)).map((item) => +item.slice(1))
        expect(own).toEqual(own.toSorted((a, b) => a - b))
        const first = out.findIndex((item) => item.startsWith(owner))
        expect(first).toBeLessThan(new Set(owners).size)
      }
    }),
  )
})
