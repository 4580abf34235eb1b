import { expect, test } from 'vitest'
import { toolInput } from './input.ts'

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: {
    path: { type: 'string' },
    max_lines: { type: 'integer' },
    raw: { type: 'boolean' },
    names: { type: 'array', items: { type: 'number' } },
    options: { type: 'object' },
    either: { type: ['number', 'string'] },
  },
}
const read = (...words: string[]): unknown => toolInput('t', SCHEMA, undefined, words)

test('pairs get the types of the schema', () => {
  expect(read('--path', 'a b', '--max_lines=3', '--raw', '--names', '1,2')).toEqual({
    path: 'a b',
    max_lines: 3,
    raw: true,
    names: [1, 2],
  })
  expect(
    read('--raw', 'false', '--names', '[3]', '--options', '{"a":1}', '--either', '12'),
  ).toEqual({
    raw: false,
    names: [3],
    options: { a: 1 },
    either: 12,
  })
})

test('dashes find underscores; negative numbers are values', () => {
  expect(read('--max-lines', '-3')).toEqual({ max_lines: -3 })
})

test('what cannot be read stays text, for the tool to refuse', () => {
  expect(read('--max_lines', 'many')).toEqual({ max_lines: 'many' })
})

test('a pair that comes again adds to a list, and replaces anything else', () => {
  expect(read('--names', '1', '--names=2,3', '--path', 'a', '--path', 'b')).toEqual({
    names: [1, 2, 3],
    path: 'b',
  })
})

test('pairs win over --params', () => {
  expect(toolInput('t', SCHEMA, '{"path":"a","raw":true}', ['--path', 'b'])).toEqual({
    path: 'b',
    raw: true,
  })
})

test.each([
  [['--pth', 'x'], 'FLAG_UNKNOWN', "Did you mean '--path'?"],
  [['--zzz', 'x'], 'FLAG_UNKNOWN', 'Its parameters: --path,'],
  [['x'], 'ARGUMENT_UNEXPECTED', '--path VALUE'],
])('refused: %j', (words, code, hint) => {
  expect(() => read(...words)).toThrow(
    expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
  )
})

test.each(['{', '[1]', '3'])('no input: %s', (json) => {
  expect(() => toolInput('t', SCHEMA, json, [])).toThrow(
    expect.objectContaining({ code: 'FLAG_INVALID' }),
  )
})
