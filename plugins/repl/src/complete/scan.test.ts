import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endOf } from './scan.ts'

test.each([
  ['lua', 'Agent.create{ name = "a", too', ['Agent.create'], ['name'], undefined],
  ['lua', 'x = f(1, "b") Tool.get("cal', ['Tool.get'], [], 'cal'],
  ['lua', "a:execute('hi', { -- a comment {\n max_", ['a:execute', ''], [], undefined],
  ['lua', 'Tool.get "cal', [], [], 'cal'],
  ['lua', 's = [==[ f{ ]] ', [], [], ''],
  ['lua', 's = [[ f{ ]] g(', ['g'], [], undefined],
  [
    'javascript',
    'await Agent.create({ name: "a", model: `mo',
    ['Agent.create', ''],
    ['name', 'model'],
    'mo',
  ],
  ['javascript', 'f(/* ( */ [1, 2], { a: 1', ['f', ''], ['a'], undefined],
  ['javascript', 'f({ a: 1 }) // {', [], [], undefined],
] as const)('the end of %s: %j', (language, source, callees, keys, string) => {
  const end = endOf(language, source)
  expect(end.frames.map(({ callee }) => callee)).toEqual(callees)
  expect(end.frames.at(-1)?.keys ?? []).toEqual(keys)
  expect(end.string).toBe(string)
})

test('any text has an end', () => {
  const text = fc.string({
    unit: fc.constantFrom('"', "'", '`', '[', ']', '{', '(', ')', '=', '-', '\\', 'a', '\n'),
  })
  fc.assert(
    fc.property(text, fc.constantFrom('lua', 'javascript'), (source, language) => {
      expect(endOf(language, source).frames.length).toBeLessThanOrEqual(source.length)
    }),
  )
})
