import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from './printable.ts'

const IGNORED = /\p{Default_Ignorable_Code_Point}|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

test('no character that hides is left, wherever it stands', () => {
  const hiding: string[] = []
  for (let code = 0; code <= 0x10ffff; code++) {
    const char = String.fromCodePoint(code)
    if (IGNORED.test(char) && printable(`x${char}y`).includes(char)) hiding.push(code.toString(16))
  }
  expect(hiding).toEqual([])
})

test.each([
  ['\u3164', '\\u{3164}'],
  ['\u115F\u1160\uFFA0', '\\u{115f}\\u{1160}\\u{ffa0}'],
  ['\u2800', '\\u{2800}'],
  ['\u{E0041}\u{E007F}', '\\u{e0041}\\u{e007f}'],
  ['\u{E0100}', '\\u{e0100}'],
  ['a\uFE0F', 'a\\u{fe0f}'],
  ['\u2764\uFE0F', '\u2764\uFE0F'],
  ['\u2764\uFE0F\uFE0F', '\u2764\uFE0F\\u{fe0f}'],
  ['1\uFE0F\u20E3', '1\uFE0F\u20E3'],
  ['1\uFE0F', '1\\u{fe0f}'],
  ['\u{1F441}\uFE0F', '\u{1F441}\uFE0F'],
  ['grüße 你好 नमस्ते', 'grüße 你好 नमस्ते'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('what is shown is shown the same again, and of any text no more than a mark of colour is left', () => {
  const any = fc.string({ unit: 'binary', maxLength: 100 })
  fc.assert(
    fc.property(any, (text) => {
      const shown = printable(text, Infinity)
      expect(printable(shown, Infinity)).toBe(shown)
      expect(
        IGNORED.test(shown.replaceAll(/(?<=[\p{Extended_Pictographic}#*0-9])\uFE0F/gu, '')),
      ).toBe(false)
    }),
  )
})
