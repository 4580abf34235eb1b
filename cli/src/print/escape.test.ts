import fc from 'fast-check'
import { expect, test } from 'vitest'
import { harmless, plain, printable } from './escape.ts'

const ATTACKS = {
  link: '\u001B]8;;https://evil.example\u0007text\u001B]8;;\u0007',
  clipboard: '\u001B]52;c;ZXZpbA==\u001B\\',
  title: '\u001B]0;owned\u0007',
  cursor: '\u001B[2J\u001B[1;1H\u001B[6n',
  eightBit: '\u009B2J\u009D0;owned\u009C',
  device: '\u001BP$q"p\u001B\\',
  reset: '\u001Bc',
  openEnd: '\u001B]52;c;',
  loneEscape: 'a\u001B',
}

test.each(Object.entries(ATTACKS))('%s does not reach the terminal', (_, text) => {
  for (const clean of [plain(text), harmless(text)]) {
    expect(clean.replaceAll(/[\t\n]/g, '')).not.toMatch(/\p{Cc}/u)
    expect(clean).not.toContain('owned')
  }
})

test('what a script prints keeps its colours, its lines and its script', () => {
  const text = '\u001B[1;31mred\u001B[0m\tשלום\r\nend\n'
  expect(harmless(text)).toBe(text)
})

test('inside our own lines colours, returns and turned text go too', () => {
  expect(plain('\u001B[31mred\u001B[0m\r\u202Egnp.exe')).toBe('redgnp.exe')
})

test('a terminal is shown what disguises text', () => {
  const text = 'rm -rf /\rls      \u202Egnp.exe\u2066x\u2069\r\n'
  expect(printable(text, () => true)).toBe(
    String.raw`rm -rf /\rls      \u202Egnp.exe\u2066x\u2069` + '\r\n',
  )
  expect(printable(text, () => false)).toBe(text)
  expect(printable('\u001B[2J\u202E', () => true)).toBe(String.raw`\u202E`)
})

test('the terminal is asked only about text that could disguise', () => {
  const asked = (): boolean => {
    throw new Error('asked')
  }
  expect(printable('שלום\tx\r\n', asked)).toBe('שלום\tx\r\n')
})

test('no pieces join to a sequence', () => {
  const piece = fc.constantFrom(
    '\u001B',
    '[',
    ']',
    '0;',
    '52;c;',
    'm',
    'J',
    '\u0007',
    '\\',
    'a',
    '\u009B',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const clean = harmless(pieces.join(''))
      expect(clean.replaceAll(/\p{Cc}\[[\d;:]*m/gu, '')).not.toMatch(/\p{Cc}/u)
      expect(harmless(clean)).toBe(clean)
    }),
  )
})
