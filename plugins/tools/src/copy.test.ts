import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyOf, isSame } from './copy.ts'

describe('a copy', () => {
  test('of plain data is the same, and shares nothing that can be changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = copyOf(value)
        expect(copy).toEqual(value)
        expect(isSame(copy, value)).toBe(true)
        expect(shared(copy, value)).toBe(false)
      }),
    )
  })

  test('of what is no plain data is made the general way', () => {
    const [bytes, when] = [Uint8Array.of(1, 2), new Date(0)]
    const copy = copyOf({ a: [bytes], when })
    expect(copy).toEqual({ a: [bytes], when })
    expect(copy.a[0]).not.toBe(bytes)
    expect(copy.when).not.toBe(when)
    expect(() => copyOf({ a: () => 1 })).toThrow(
      expect.objectContaining({ name: 'DataCloneError' }),
    )
    expect(copyOf(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 })
  })

  test('keeps a key that would be the prototype a key', () => {
    const value = JSON.parse('{"__proto__": {"a": [1]}}') as object
    const copy = copyOf(value)
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(copy).not.toHaveProperty('a')
  })
})

describe('the same', () => {
  test('is not what differs anywhere', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(isSame(one, other) ? one : other).toEqual(other)
        expect(isSame({ a: [one] }, { a: [one, other] })).toBe(false)
        expect(isSame({ a: one }, { b: one })).toBe(false)
        expect(isSame([one], { 0: one })).toBe(false)
      }),
    )
  })

  test('is nothing that is no plain data', () => {
    expect(isSame(Uint8Array.of(1), Uint8Array.of(1))).toBe(false)
    expect(isSame(new Date(0), new Date(0))).toBe(false)
    expect(isSame({ a: undefined }, {})).toBe(false)
    expect(isSame(null, {})).toBe(false)
  })
})

function shared(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null) return false
  const others = Object.values(other as object)
  return one === other || Object.values(one).some((item, i) => shared(item, others[i]))
}
