import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ordered, pretty } from './json.ts'
import type { Json } from './json.ts'

test('readable JSON is JSON of the same, whatever it is and how wide', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 120 }), (value, width) => {
      expect(JSON.parse(pretty(value as Json, width))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 1000 },
  )
})

test('the order of keys does not depend on how they came', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (table) => {
      const turned = Object.fromEntries(Object.entries(table).toReversed())
      expect(JSON.stringify(ordered(turned as Json))).toBe(JSON.stringify(ordered(table as Json)))
    }),
  )
  expect(Object.keys(ordered({ z: 1, b: 2, name: 3, type: 4, a: undefined }) as object)).toEqual([
    'type',
    'name',
    'b',
    'z',
  ])
})

test('what fits stands on a line', () => {
  expect(pretty({ a: { type: 'text', text: 'x' }, list: [1, 2], one: [{ b: 1 }] })).toBe(
    '{\n  "a": { "type": "text", "text": "x" },\n  "list": [1, 2],\n  "one": [{ "b": 1 }]\n}',
  )
})
