import { REF } from '@llmspell/sdk'
import type { Json, Value } from '@llmspell/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoded, encoded } from './json.ts'

test.each<[Value]>([
  [new Uint8Array([0, 255])],
  [{ a: [new Uint8Array(), null, { b: -1.5 }], c: 'é' }],
  [[]],
])('%j comes back as it was', (value) => {
  expect(decoded(JSON.parse(JSON.stringify(encoded(value))) as Json)).toEqual(value)
})

test('any JSON without a tag comes back as it was', () => {
  const json = fc.jsonValue({ noUnicodeString: false })
  fc.assert(
    fc.property(json, (value) => {
      fc.pre(!/__proto__|constructor|prototype|\$llmspell/.test(JSON.stringify(value)))
      const plain = JSON.parse(JSON.stringify(value)) as Json
      expect(decoded(encoded(plain))).toEqual(plain)
    }),
    { numRuns: 200 },
  )
})

test.each<[Json]>([
  [{ [REF]: 'agent', id: 'poet' }],
  [{ [REF]: 'function', id: 1 }],
  [{ deep: [{ [REF]: 'bytes', base64: 7 }] }],
  [{ [REF]: { nested: true } }],
])('what no script could have kept is refused: %j', (json) => {
  expect(() => decoded(json)).toThrow(/expected what a script has kept, found the tag/)
})
