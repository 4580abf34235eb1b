import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outputOf } from './output.ts'

const of = (value: unknown, output = '') =>
  outputOf({ value: value as never, output, calls: 1 }) as {
    readonly result: { readonly value: unknown; readonly truncated?: boolean }
    readonly text: string
  }

test('a value is told as it is, behind what was printed', () => {
  expect(of({ a: 1 }, 'seen\n')).toEqual({
    result: { value: { a: 1 }, output: 'seen\n', calls: 1 },
    text: 'seen\n{"a":1}',
  })
  expect(of('text').text).toBe('text')
  expect(of(undefined).result.value).toBe(null)
})

test('a long value is cut at a whole character, and says so', () => {
  const { result, text } = of('é'.repeat(40_000))
  expect(result).toMatchObject({ truncated: true })
  expect(text).toContain('first 65536 bytes of 80000')
})

test('whatever comes, a model is given at most 64 KiB of it', () => {
  const long = fc.tuple(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.integer({ min: 1, max: 40_000 }),
  )
  fc.assert(
    fc.property(long, ([unit, count]) => {
      const whole = unit.repeat(count)
      const { value, truncated } = of(whole).result
      expect(Buffer.byteLength(value as string)).toBeLessThanOrEqual(65_536)
      expect(whole.startsWith(value as string)).toBe(true)
      expect(truncated === true || value === whole).toBe(true)
    }),
    { numRuns: 50 },
  )
})
