import { expect, test } from 'vitest'
import { answerValue, exampleOf, wantedText } from './answer-value.ts'

test.each([
  [{ type: 'integer' }, '42', 42],
  [{ type: 'integer' }, 'many', 'many'],
  [{ type: 'string' }, '42', '42'],
  [{ type: 'string' }, '"42"', '42'],
  [{ type: ['string', 'integer'] }, '42', 42],
  [{ type: 'boolean' }, 'true', true],
  [{ type: 'object' }, '{"a":[1]}', { a: [1] }],
  [{ enum: ['1', 2] }, '1', '1'],
  [{ enum: ['1', 2] }, '2', 2],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'null', null],
  [{}, 'some words', 'some words'],
])('%j: %s means %j', (schema, typed, value) => {
  expect(answerValue(schema, typed)).toEqual(value)
})

test('what is wanted is said, and shown by an example', () => {
  expect(wantedText({ type: 'integer' })).toBe('integer, as JSON')
  expect(wantedText({ type: 'string' })).toBe('text')
  const properties = { by: { type: 'string' }, n: { type: 'integer', minimum: 3 } }
  expect(exampleOf({ type: 'object', properties })).toEqual({ by: 'text', n: 3 })
})
