import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BrokenFrame, FrameReader, MOST_BYTES, packed } from './frame.ts'

const bytes = fc.uint8Array({ maxLength: 40 }).map((piece) => new Uint8Array(piece))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
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

test('__proto__ stays a key', () => {
  const text = Buffer.from('{"__proto__":{"a":{"$b":[0,1]}}}')
  const header = Buffer.alloc(8)
  header.writeUInt32BE(text.byteLength, 0)
  header.writeUInt32BE(1, 4)
  const [found] = new FrameReader().push(Buffer.concat([header, text, Buffer.from('x')]))
  expect(Object.keys(found as object)).toEqual(['__proto__'])
  expect((found as { a?: unknown }).a).toBeUndefined()
})

/** Whether it throws nothing but what may be. */
function thrownBy(fn: () => unknown): boolean {
  try {
    fn()
    return true
  } catch (error) {
    return error instanceof BrokenFrame
  }
}
