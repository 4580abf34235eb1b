import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BrokenFrame, FrameReader, MOST_BYTES, MOST_JSON, packed } from './frame.ts'

const bytes = fc.uint8Array({ maxLength: 40 }).map((piece) => new Uint8Array(piece))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }).map((text) => text.repeat(5000)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
    fc.boolean(),
    fc.constant(null),
    bytes,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constant('$b'), fc.constant('v'), fc.string()), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}))

test('any values come out as they went in, however their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (all, size) => {
      const whole = Buffer.concat(all.map(packed))
      const reader = new FrameReader()
      const found: unknown[] = []
      for (let at = 0; at < whole.byteLength; at += size)
        found.push(...reader.push(whole.subarray(at, at + size)))
      expect(found).toEqual(all)
    }),
  )
})

test('any noise is refused or waits for more, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      expect(thrownBy(() => new FrameReader().push(Buffer.from(noise)))).toBe(true)
    }),
  )
})

test('a message that says it is too large is refused before it is there', () => {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(MOST_BYTES, 0)
  expect(() => new FrameReader().push(header)).toThrow('too large')
})

test('the JSON of a message has a limit of its own, which texts do not count for', () => {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(MOST_JSON + 1, 0)
  expect(() => new FrameReader().push(header)).toThrow('too large')
  expect(() => packed(Array.from({ length: MOST_JSON / 2 + 1 }, () => 1))).toThrow(
    'at most 1.0 MiB without',
  )
  const text = 'ä'.repeat(MOST_JSON)
  expect(new FrameReader().push(packed({ text }))).toEqual([{ text }])
})

test.each([
  ['the same bytes twice', '[{"$b":[0,4]},{"$b":[0,4]}]'],
  ['overlapping bytes', '[{"$b":[0,3]},{"$b":[2,2]}]'],
  ['a text of them too', '[{"$b":[0,4]},{"$b":[0,4,"text"]}]'],
  ['bytes that are not there', '[{"$b":[0,5]}]'],
  ['fewer than none', '[{"$b":[0,-1]}]'],
  ['a part of one', '[{"$b":[0,0.5]}]'],
])('%s are refused', (_, json) => {
  expect(() => new FrameReader().push(framed(json, 'abcd'))).toThrow(BrokenFrame)
})

test('__proto__ stays a key', () => {
  const [found] = new FrameReader().push(framed('{"__proto__":{"a":{"$b":[0,1]}}}', 'x'))
  expect(Object.keys(found as object)).toEqual(['__proto__'])
  expect((found as { a?: unknown }).a).toBeUndefined()
})

function framed(json: string, bytes: string): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(json.length, 0)
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, Buffer.from(json + bytes)])
}

/** Whether it throws nothing but what may be. */
function thrownBy(fn: () => unknown): boolean {
  try {
    fn()
    return true
  } catch (error) {
    return error instanceof BrokenFrame
  }
}
