import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pending } from './pending.ts'

const long = (head: string, line: string, end: string): readonly string[] => [
  head,
  ...Array.from({ length: 5000 }, () => line),
  end,
]

test.each([
  ['lua', long('function f()', '  x = 1', 'end')],
  ['lua', long('t = {', '  1,', '}')],
  ['lua', long('s = [[', 'end } )', ']]')],
  ['lua', long('s =', '"a" ..', '"b"')],
  ['javascript', long('function f() {', '  x = /[{(]/', '}')],
  ['javascript', long('s = `', '} ${', '`')],
  ['javascript', long('s =', '1 +', '2')],
] as const)('a long entry of %s is read a few times, and at its end: %#', (language, lines) => {
  const pending = new Pending()
  let asked = 0
  let may = false
  for (const line of lines) {
    pending.add(line, language)
    may = pending.mayEnd
    if (may) asked++
  }
  expect(asked).toBeLessThan(120)
  expect(pending.text).toBe(lines.join('\n'))
  expect(may).toBe(!lines.includes('} ${'))
})

test('a short entry is judged by the parser alone, whatever it looks like', () => {
  const line = fc.string({
    unit: fc.constantFrom('{', '}', '(', '"', '`', '+', 'end ', 'do ', '[['),
  })
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 100 }), (lines) => {
      const pending = new Pending()
      for (const each of lines) {
        pending.add(each, 'lua')
        expect(pending.mayEnd).toBe(true)
      }
      pending.clear()
      expect(pending.isEmpty).toBe(true)
    }),
  )
})
