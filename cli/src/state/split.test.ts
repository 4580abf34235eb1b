import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundedLines } from './split.ts'

const tooLong = (): never => {
  throw new RangeError('too long')
}

test('lines are the same, wherever the bytes are cut', async () => {
  const piece = fc.array(fc.constantFrom('a', '\n', '\u{e9}'), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (given) => {
      const pieces = given.map((letters) => Buffer.from(letters.join('')))
      const lines = await Array.fromAsync(
        boundedLines(ReadableStream.from(pieces), 100, tooLong),
        (line) => line.toString(),
      )
      const wanted = Buffer.concat(pieces).toString().split('\n')
      expect(lines).toEqual(wanted.at(-1) === '' ? wanted.slice(0, -1) : wanted)
    }),
  )
})

test('none is longer than what was said', async () => {
  const lines = (most: number) => {
    const pieces = ['ab', 'cde', '\nx'].map((text) => Buffer.from(text))
    return Array.fromAsync(boundedLines(ReadableStream.from(pieces), most, tooLong), String)
  }
  expect(await lines(5)).toEqual(['abcde', 'x'])
  await expect(lines(4)).rejects.toThrow('too long')
})
