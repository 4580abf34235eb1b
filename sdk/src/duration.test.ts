import { expect, test } from 'vitest'
import { durationMs, durationText } from './duration.ts'
import { printable } from './printable.ts'

test.each([
  [1500, 1500],
  ['250ms', 250],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  [0, 0],
])('%j is %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each([-1, Number.NaN, '', '5', '5 s', 's', '-5s', '1e3s', '5sec'])(
  '%j is no duration',
  (text) => {
    expect(durationMs(text)).toBeUndefined()
  },
)

test.each([
  [0.4, '0 ms'],
  [250, '250 ms'],
  [30_000, '30 s'],
  [1500, '1.5 s'],
  [90_000, '1.5 min'],
])('%d ms reads %j', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

test('hidden characters are shown, long text is cut', () => {
  expect(printable('a\u202Eb\nc\u200Bd')).toBe(String.raw`a\u{202e}b\u{a}c\u{200b}d`)
  expect(printable('\uD800')).toBe(String.raw`\u{d800}`)
  expect(printable('größe 😀')).toBe('größe 😀')
  expect(printable('x'.repeat(300))).toHaveLength(201)
})
