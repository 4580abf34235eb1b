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
    texts: { type: 'array', items: { type: 'string' } },
    json: { description: 'Anything.' },
    amount: { anyOf: [{ type: 'string' }, { type: 'object' }] },
    stdin: { type: 'string' },
    rows: { type: 'array', items: { anyOf: [{ type: 'array' }, { type: 'object' }] } },
  },
}
const ASKED = { tool: 't', schema: SCHEMA, flags: ['json', 'stream', 'allow-read'] }
const read = (...words: string[]): unknown => toolInput(ASKED, undefined, words)

test('pairs get the types of the schema', () => {
  expect(read('--path', 'a b', '--max_lines=3', '--raw', '--names', '[1,2]')).toEqual({
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

test('commas are part of a text', () => {
  expect(read('--texts', 'a, b', '--texts', '-c', '--texts=--d')).toEqual({
    texts: ['a, b', '-c', '--d'],
  })
})

test.each([
  ['{"a":1}', { a: 1 }],
  ['[1]', [1]],
  ['-1.5', -1.5],
  ['true', true],
  ['null', null],
  ['"a"', '"a"'],
  ['{a', '{a'],
  ['', ''],
])('of any type: %s', (text, value) => {
  expect(read('--param.json', text)).toEqual({ json: value })
  expect(read('--json', text)).toEqual({ json: value })
})

test('a list in a list is JSON', () => {
  expect(read('--rows', '{"a":1}', '--rows', 'x')).toEqual({ rows: [{ a: 1 }, 'x'] })
})

test('text comes last among several types', () => {
  expect(read('--amount', '2h')).toEqual({ amount: '2h' })
  expect(read('--amount={"days":1}')).toEqual({ amount: { days: 1 } })
})

test('no- is false for a switch only', () => {
  expect(read('--no-raw')).toEqual({ raw: false })
  expect(() => read('--no-path')).toThrow(expect.objectContaining({ code: 'FLAG_UNKNOWN' }))
})

test('dashes find underscores; negative numbers are values', () => {
  expect(read('--max-lines', '-3')).toEqual({ max_lines: -3 })
})

test('what cannot be read stays text, for the tool to refuse', () => {
  expect(read('--max_lines', 'many')).toEqual({ max_lines: 'many' })
})

test('a pair that comes again adds to a list, and replaces anything else', () => {
  expect(read('--names', '1', '--names=[2,3]', '--path', 'a', '--path', 'b')).toEqual({
    names: [1, 2, 3],
    path: 'b',
  })
})

test('pairs win over --params', () => {
  expect(toolInput(ASKED, '{"path":"a","raw":true}', ['--path', 'b'])).toEqual({
    path: 'b',
    raw: true,
  })
})

test.each([
  [['--pth', 'x'], 'FLAG_UNKNOWN', "Did you mean '--path'?"],
  [['--zzz', 'x'], 'FLAG_UNKNOWN', 'Its parameters: --path,'],
  [['--alow-read=.'], 'FLAG_UNKNOWN', "Did you mean '--allow-read'?"],
  [['--path'], 'FLAG_INVALID', '--path=VALUE'],
  [['--texts', 'a', 'b'], 'ARGUMENT_UNEXPECTED', `--texts A --texts B, or --texts '["A", "B"]'`],
  [['x'], 'ARGUMENT_UNEXPECTED', '--param.json VALUE'],
])('refused: %j', (words, code, hint) => {
  expect(() => read(...words)).toThrow(
    expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
  )
})

test.each(['{', '[1]', '3'])('no input: %s', (json) => {
  expect(() => toolInput(ASKED, json, [])).toThrow(
    expect.objectContaining({ code: 'FLAG_INVALID' }),
  )
})
