import type { EntryEnd, Value } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import type { Entry } from '../entry.ts'
import { parses } from './javascript.ts'
import { literalOf } from './literal.ts'
import { spellOf, testOf } from './script.ts'

const NO_USAGE = { inputTokens: 0, outputTokens: 0, cost: 0 }

const entry = (text: string, ...values: readonly (Value | undefined)[]): Entry => ({
  text,
  where: { file: 'repl', line: 1 },
  mark: 0,
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
  ['lua', entry('return 1', 1), 'print(1)', 'Test.equal(1, 1)'],
  [
    'lua',
    entry('local x = 1 return x', 1),
    'local x = 1\nprint(x)',
    'local x = 1\nTest.equal(x, 1)',
  ],
  [
    'lua',
    entry('do return 9 end', 9),
    'print((function()\ndo return 9 end\nend)())',
    'Test.equal((function()\ndo return 9 end\nend)(), 9)',
  ],
  [
    'lua',
    entry('(function() return 1 end)()', 1),
    'print((function() return 1 end)())',
    'Test.equal((function() return 1 end)(), 1)',
  ],
  ['lua', entry('local x = 1'), 'local x = 1', 'local x = 1'],
  ['lua', entry('os.time()', 5), 'print(os.time())', '_ = os.time()'],
  ['lua', entry('{}', {}), 'print({})', '_ = {}'],
  ['javascript', entry('x + 1;', 42), 'print(x + 1);', 'await Test.equal(x + 1, 42);'],
  ['javascript', entry('x // c', 42), 'print(x // c\n);', 'await Test.equal(x // c\n, 42);'],
  [
    'javascript',
    entry('let a = 1; a', 1),
    'let a = 1;\nprint(a);',
    'let a = 1;\nawait Test.equal(a, 1);',
  ],
  [
    'javascript',
    entry('const s = `\nconst a = 1`'),
    'const s = `\nconst a = 1`;',
    'const s = `\nconst a = 1`;',
  ],
  ['javascript', entry('f(); g()', 1), 'f();\nprint(g());', 'f();\nawait Test.equal(g(), 1);'],
  ['javascript', entry('x; // c', 1), 'print(x);', 'await Test.equal(x, 1);'],
  ['javascript', entry('if (x) { 5 }', 5), 'if (x) { 5 };', 'if (x) { 5 };'],
] as const)('%s: %j', (language, given, spell, expected) => {
  expect(spellOf(language, [failed('no'), given])).toContain(`\n${spell}\n`)
  expect(spellOf(language, [failed('no'), given])).not.toContain('no\n')
  expect(testOf(language, [given])).toContain(`\n${expected}\n`)
})

test('a name that a session declares twice is declared as often as it likes', () => {
  const text = spellOf('javascript', [entry('const a = 1'), entry('const a = 2')])
  expect(text).toContain('var a = 1;\nvar a = 2;\n')
})

test.each([
  [['const ag = await f()', '(await ag.g()).text']],
  [['let b = {x:1}', '[1,2,3].map(String)']],
  [['let a = 1', 'let a = `\nconst b = ${1}`', 'b = 2']],
  [['class A {}', 'class A { b() { let c } }', 'new A()']],
  [['x = 5', 'const [y] = [1]; const [y2] = [2]', 'const y = 3']],
])('a script of %j parses', (texts) => {
  const text = spellOf(
    'javascript',
    texts.map((each, i) => entry(each, ...(i > 0 ? [1] : []))),
  )
  expect(parses(text)).toBe(true)
})

test('texts are written as each language reads them', () => {
  expect(literalOf('lua', 'a\n\\"\0é')).toBe('"a\\u{a}\\\\\\"\\u{0}é"')
  expect(literalOf('javascript', 'a\n"')).toBe('"a\\n\\""')
  expect(literalOf('lua', Infinity)).toBeUndefined()
  expect(literalOf('lua', [1])).toBeUndefined()
})

test('a session has more local variables than a function of Lua', () => {
  const entries = Array.from({ length: 250 }, (_, i) => entry(`local v${i} = ${i}`))
  expect(spellOf('lua', entries)).not.toContain('local v249')
  expect(spellOf('lua', entries.slice(0, 100))).toContain('local v99')
})

test.each([
  ['return', '-- A session of entries: llmspell run\n\nprint(1)\n'],
  ['x = 1 return;', '-- A session of entries: llmspell run\nx = 1\nprint(1)\n'],
  [
    'if x then return end',
    '-- A session of entries: llmspell run\n;(function()\nif x then return end\nend)()\nprint(1)\n',
  ],
])('what is behind %j is still carried out', (text, script) => {
  expect(spellOf('lua', [entry(text), entry('1', 1)])).toBe(script)
})
