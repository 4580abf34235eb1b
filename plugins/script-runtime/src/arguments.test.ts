import { expect, test } from 'vitest'
import { parseWords, readArguments } from './arguments.ts'

test('words are positional, --key value, --key=value, or a bare flag', () => {
  expect(parseWords(['a', '--x', '1', '--y=2', '--flag', '--z', 'v', 'b'])).toEqual({
    positional: ['a', 'b'],
    named: { x: '1', y: '2', flag: 'true', z: 'v' },
  })
})

test('values are converted by the schema and defaults filled in', () => {
  const schema = {
    topic: 'string',
    depth: 'integer?',
    ratio: { type: 'number', default: 0.5 },
    urls: ['string'],
  }
  expect(readArguments(schema, ['--topic', 'x', '--depth', '3', '--urls', 'a,b'])).toEqual({
    topic: 'x',
    depth: 3,
    ratio: 0.5,
    urls: ['a', 'b'],
  })
})

test('words without a name go where a property says so', () => {
  const schema = { b: { type: 'integer', position: 2 }, a: { type: 'string', position: 1 } }
  expect(readArguments(schema, ['one', '2'])).toEqual({ a: 'one', b: 2 })
})

test('a single word goes to the one required property that was not named', () => {
  const schema = { topic: 'string', depth: 'integer?', verbose: 'boolean?' }
  expect(readArguments(schema, ['cats'])).toEqual({ topic: 'cats' })
  expect(readArguments(schema, ['--verbose', 'cats'])).toEqual({ topic: 'cats', verbose: true })
})

test.each([
  [['--depth', 'x', '--topic', 't'], 'Argument \'--depth\' must be integer, found "x"'],
  [['--depth', '1.5', '--topic', 't'], "Argument '--depth' must be integer"],
  [[], "Argument '--topic' is missing: expected string, found nothing"],
  [['--topix', 'x'], "The script knows no argument '--topix'"],
  [['one', 'two'], 'The script has no place for the argument "two"'],
])('%j is refused', (words, message) => {
  expect(() => readArguments({ topic: 'string', depth: 'integer?' }, words)).toThrow(message)
})

test('an unknown argument is answered with the nearest known one', () => {
  expect(() => readArguments({ topic: 'string' }, ['--topix', 'x'])).toThrow(
    expect.objectContaining({ hint: "Did you mean 'topic'?" }),
  )
})
