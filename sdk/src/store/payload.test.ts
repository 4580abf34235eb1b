import { expect, test } from 'vitest'
import type { Json } from '../contracts/journal.ts'
import { payloadOf } from './payload.ts'

const cycle: { a: unknown[] } = { a: [] }
cycle.a.push(cycle)
const shared = { n: 1 }

test.each<[string, unknown, RegExp]>([
  ['a function', { a: [0, { b: () => 1 }] }, /'k\.a\[1\]\.b'.*found function/],
  ['infinity', [[Infinity]], /'k\[0\]\[0\]'.*found Infinity/],
  ['a lone surrogate', { a: '\ud800' }, /'k\.a'.*found a lone surrogate/],
  ['a lone surrogate in a key', { a: { '\ud800': 1 } }, /'k\.a'.*found a lone surrogate in a key/],
  ['a cycle', cycle, /'k\.a\[0\]'.*found a cycle/],
  ['an instance', { a: new Map() }, /'k\.a'.*found an instance of Map/],
  ['toJSON', [{ toJSON: () => 1 }], /'k\[0\]'.*found toJSON/],
])('%s is refused at its place', (_, value, text) => {
  expect(() => payloadOf(value as Json, 'k')).toThrow(text)
})

test('what stands in two places, one behind the other, is no cycle', () => {
  const { bytes } = payloadOf({ a: shared, b: [shared, shared] }, 'k')
  expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({
    a: { n: 1 },
    b: [{ n: 1 }, { n: 1 }],
  })
})
