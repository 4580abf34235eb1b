import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mendedObject } from './json.ts'

describe('arguments that can only mean one thing', () => {
  test.each([
    ['{"a": 1,}', { a: 1 }],
    ['{"a": [1, 2,], "b": "x,}",\n}', { a: [1, 2], b: 'x,}' }],
    ['{"a": 1}{"a": 1}', { a: 1 }],
    ['{"a": 1} {"a": 1,}', { a: 1 }],
    ['{}{"a": 1}', { a: 1 }],
    ['"{\\"a\\": 1}"', { a: 1 }],
    ['```json\n{"a": 1}\n```', { a: 1 }],
  ])('%s', (raw, object) => expect(mendedObject(raw)).toEqual(object))
})

test.each([
  ['two things', '{"a": 1}{"a": 2}'],
  ['half a thing', '{"a": 1, "b"'],
  ['half a text', '{"a": "1}'],
  ['nothing', '{}'],
  ['nothing twice', '{}{}'],
  ['nothing with a comma', '{,}'],
  ['words', 'sum of 1 and 2'],
  ['words around', 'I call {"a": 1}'],
  ['words between', '{"a": 1} and {"a": 1}'],
  ['a list', '[1]'],
  ['an empty text', ''],
])('%s is not guessed at', (_, raw) => expect(mendedObject(raw)).toBeUndefined())

const object = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), {
  minKeys: 1,
  noNullPrototype: true,
})

test('an object is read as it is, once or twice', () => {
  const check = fc.property(object, (given) => {
    const text = JSON.stringify(given)
    const same: unknown = JSON.parse(text)
    expect(mendedObject(text)).toEqual(same)
    expect(mendedObject(text + text)).toEqual(same)
    expect(mendedObject(`${text.slice(0, -1)},}`)).toEqual(same)
  })
  fc.assert(check)
})

test('what is cut off is never guessed at', () => {
  const check = fc.property(object, fc.nat(), (given, at) => {
    const text = JSON.stringify(given)
    expect(mendedObject(text.slice(0, at % text.length))).toBeUndefined()
  })
  fc.assert(check)
})

test('any text is an object or nothing', () => {
  const check = fc.property(fc.string(), (text) => {
    const found = mendedObject(text)
    expect(found === undefined || Object.keys(found).length > 0).toBe(true)
  })
  fc.assert(check)
})
