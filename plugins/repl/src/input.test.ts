import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inputLines } from './input.ts'

async function read(bytes: Uint8Array, cuts: readonly number[] = []): Promise<readonly string[]> {
  const at = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].toSorted(
    (a, b) => a - b,
  )
  const pieces = at.slice(1).map((end, i) => Buffer.from(bytes.subarray(at[i], end)))
  const lines: string[] = []
  for await (const line of inputLines(Readable.from(pieces)))
    lines.push('text' in line ? line.text : line.error.message)
  return lines
}

test('lines come as they are, however their bytes come', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\0', 'é', '\u{1F600}', '\r', ' ', '\n') })
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat()), async (source, cuts) => {
      const lines = source.split('\n').map((line) => line.replace(/\r$/, ''))
      if (source === '' || source.endsWith('\n')) lines.pop()
      expect(await read(Buffer.from(source), cuts)).toEqual(lines)
    }),
  )
})

test.each([
  [[0xef, 0xbb, 0xbf, 0x78], ['x']],
  [
    [0x0a, 0xef, 0xbb, 0xbf],
    ['', '\uFEFF'],
  ],
  [
    [0x78, 0xff, 0x0a, 0x79],
    ['The input is not UTF-8: byte 2 of line 1 is 0xFF.', 'y'],
  ],
  [[0xef, 0xbb, 0xbf, 0xc3], ['The input is not UTF-8: byte 4 of line 1 is 0xC3.']],
  [[0xc3, 0xa9, 0xed, 0xa0, 0x80], ['The input is not UTF-8: byte 3 of line 1 is 0xED.']],
] as const)('the bytes %j are the lines %j', async (bytes, lines) => {
  expect(await read(Uint8Array.from(bytes))).toEqual(lines)
})

test('a line that is too long is refused, and the next one comes', async () => {
  const long = Buffer.concat([Buffer.alloc(17 * 1024 * 1024, 0x78), Buffer.from('\ny\n')])
  const [first, second] = await read(long, [5_000_000, 16_900_000])
  expect(first).toBe('Line 1 of the input is longer than 16777216 bytes.')
  expect(second).toBe('y')
})
