import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JournalRecord } from '@llmspell/sdk'
import { canonical, decodeRecord, encodeRecord } from './encode.ts'

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Json)
const recordOf = (value: Json): JournalRecord => ({
  v: 1,
  n: 3,
  at: 1_800_000_000_000,
  prev: '0'.repeat(32),
  kind: 'mark',
  path: 'main/mark#0',
  label: 'here',
  data: { inline: value },
})

test('canonical text is JSON, and the same whatever the order of keys', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonical(value)
      expect(JSON.parse(text)).toEqual(value)
      expect(canonical(shuffled(value))).toBe(text)
    }),
  )
})

test('a record comes back as it was, and any changed byte is seen', () => {
  fc.assert(
    fc.property(json, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
      const { bytes, hash } = encodeRecord(recordOf(value))
      expect(decodeRecord(bytes)).toMatchObject({ record: recordOf(value), hash })
      const flipped = Uint8Array.from(bytes)
      flipped[at % bytes.length] = (flipped[at % bytes.length] ?? 0) ^ change
      expect(decodeRecord(flipped)).toBeUndefined()
    }),
  )
})

test.each([
  ['a function', () => {}],
  ['an instance', new Date(0)],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a big integer', 1n],
  ['bytes', new Uint8Array(1)],
])('%s is refused by its path', (_name, value) => {
  expect(() => canonical({ a: [value] })).toThrow(/value\.a\[0\]/)
})

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toReversed()
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(item)]))
}
