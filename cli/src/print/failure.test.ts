import { SpellError } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { failureText } from './failure.ts'
import { painter } from './style.ts'

const plainPaint = painter(false, {})

test('an error points at its line and column', () => {
  const error = new SpellError('SCRIPT_ERROR', "unexpected symbol near '='", {
    where: { file: 'a.lua', line: 2, column: 9 },
    hint: 'Close the bracket.',
    trace: 'a.lua:2: in main chunk',
  })
  const text = failureText(error, plainPaint, { file: 'a.lua', text: 'local a\nlocal b == 1\n' })
  expect(text).toBe(
    [
      "error[SCRIPT_ERROR]: unexpected symbol near '='",
      '  --> a.lua:2:9',
      '  |',
      '2 | local b == 1',
      '  |         ^',
      'hint: Close the bracket.',
      '  a.lua:2: in main chunk',
      '',
    ].join('\n'),
  )
})

test('without a column the whole line is marked; tabs do not shift the mark', () => {
  const error = new SpellError('X', 'no', { where: { file: 'a', line: 1 } })
  const text = failureText(error, plainPaint, { file: 'a', text: '\tgo()' })
  expect(text).toContain('1 |   go()\n  |   ^^^^\n')
})

test('a place in another file shows no line', () => {
  const error = new SpellError('X', 'no', { where: { file: 'b.lua', line: 1 } })
  expect(failureText(error, plainPaint, { file: 'a', text: 'x' })).toBe(
    'error[X]: no\n  --> b.lua:1\n',
  )
})

test('causes are told unless the message has them', () => {
  const deep = new SpellError('A', 'the socket closed')
  const middle = new SpellError('B', 'it failed: the socket closed', { cause: deep })
  const text = failureText(new SpellError('C', 'no answer', { cause: middle }), plainPaint)
  expect(text).toBe('error[C]: no answer\ncause: it failed: the socket closed\n')
})

test('text of a script cannot act on the terminal', () => {
  const error = new SpellError('X', 'a\u001B]52;c;ZQ==\u0007b', { hint: '\u001B[2Jc' })
  expect(failureText(error, plainPaint)).toBe('error[X]: ab\nhint: c\n')
})

test('a foreign error is internal and shows where it came from', () => {
  const text = failureText(new TypeError('x is undefined'), plainPaint)
  expect(text).toMatch(/^error\[INTERNAL\]: x is undefined\n\s+at /)
})
