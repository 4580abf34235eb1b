import type { EntryEnd, Value } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import type { Entry } from '../entry.ts'
import { literalOf } from './literal.ts'
import { spellOf, testOf } from './script.ts'

const NO_USAGE = { inputTokens: 0, outputTokens: 0, cost: 0 }

const entry = (text: string, ...values: readonly (Value | undefined)[]): Entry => ({
  text,
  line: 1,
  end: { status: 'value', values, text: values.map(String).join('\t') },
  ms: 0,
  usage: NO_USAGE,
  calls: 0,
})

const failed = (text: string): Entry => ({
  ...entry(text),
  end: { status: 'error', error: { code: 'X', message: 'x' } } satisfies EntryEnd,
})

test.each([
  ['lua', entry('x + 1', 42), 'print(x + 1)', 'Test.equal(x + 1, 42)'],
  ['lua', entry('= x', 'a"'), 'print(x)', 'Test.equal(x, "a\\"")'],
  ['lua', entry('x -- c', true), 'print(x -- c\n)', 'Test.equal(x -- c\n, true)'],
  [
    'lua',
    entry('return 1', 1),
    'print((function()\nreturn 1\nend)())',
    'Test.equal((function()\nreturn 1\nend)(), 1)',
  ],
  ['lua', entry('local x = 1'), 'local x = 1', 'local x = 1'],
  ['lua', entry('os.time()', 5), 'print(os.time())', '_ = os.time()'],
  ['lua', entry('{}', {}), 'print({})', '_ = {}'],
  ['javascript', entry('x + 1;', 42), 'x + 1;', 'await Test.equal(x + 1, 42)'],
  ['javascript', entry('x // c', 42), 'x // c', 'x // c;'],
  ['javascript', entry('let a = 1; a', 1), 'let a = 1; a', 'let a = 1; a;'],
] as const)('%s: %j', (language, given, spell, expected) => {
  expect(spellOf(language, [failed('no'), given])).toContain(`\n${spell}\n`)
  expect(spellOf(language, [failed('no'), given])).not.toContain('no\n')
  expect(testOf(language, [given])).toContain(`\n${expected}\n`)
})

test('a name that a session declares twice is declared as often as it likes', () => {
  const text = spellOf('javascript', [entry('const a = 1'), entry('const a = 2')])
  expect(text).toContain('var a = 1\nvar a = 2\n')
})

test('texts are written as each language reads them', () => {
  expect(literalOf('lua', 'a\n\\"\0é')).toBe('"a\\u{a}\\\\\\"\\u{0}é"')
  expect(literalOf('javascript', 'a\n"')).toBe('"a\\n\\""')
  expect(literalOf('lua', Infinity)).toBeUndefined()
  expect(literalOf('lua', [1])).toBeUndefined()
})
