import { expect, test } from 'vitest'
import { expandSchema, expandValueSchema } from './short-schema.ts'

test('keys are properties, a question mark makes one optional, and the result is closed', () => {
  expect(expandSchema({ city: 'string', days: 'integer?' })).toEqual({
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city'],
    additionalProperties: false,
  })
})

test('a list with one type is an array, also of arrays and of schemas', () => {
  const { properties } = expandSchema({ a: ['string'], b: [['number']], c: [{ enum: [1] }] })
  expect(properties).toEqual({
    a: { type: 'array', items: { type: 'string' } },
    b: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    c: { type: 'array', items: { enum: [1] } },
  })
})

test('a schema stands as it is, and a default makes it optional', () => {
  const days = { type: 'integer', minimum: 1, default: 3 }
  expect(expandSchema({ days })).toMatchObject({ properties: { days }, required: [] })
})

test('any may be anything', () => {
  expect(expandSchema({ x: 'any?' })).toMatchObject({ properties: { x: {} }, required: [] })
})

test('nothing is an object without properties', () => {
  expect(expandSchema({})).toEqual({
    type: 'object',
    properties: {},
    required: [],
    additionalProperties: false,
  })
})

test.each([
  [{ type: 'object', properties: {} }],
  [{ $ref: '#/$defs/X', $defs: { X: {} } }],
  [{ $schema: 'https://json-schema.org/draft/2020-12/schema' }],
])('JSON Schema passes: %j', (schema) => {
  expect(expandSchema(schema)).toBe(schema)
})

test('a property that is called type is a property', () => {
  expect(expandSchema({ type: 'string' })).toMatchObject({
    properties: { type: { type: 'string' } },
  })
})

test.each([
  [{ city: 'text' }, "schema.city'", "found 'text'"],
  [{ city: 5 }, "schema.city'", 'found 5'],
  [{ city: null }, "schema.city'", 'found null'],
  [{ list: [] }, "schema.list'", 'a list of 0'],
  [{ list: ['string', 'number'] }, "schema.list'", 'a list of 2'],
  [{ list: ['strng'] }, "schema.list[0]'", "found 'strng'"],
  [['string'], "schema'", 'found a list'],
])('%j is refused at its place', (schema, place, found) => {
  expect(() => expandSchema(schema)).toThrow(place)
  expect(() => expandSchema(schema)).toThrow(found)
})

test.each([
  [{ type: 'integer' }],
  [{ type: 'string', enum: ['a', 'b'] }],
  [{ type: ['string', 'null'] }],
  [{ type: 'array', items: { type: 'number' }, minItems: 1 }],
])('where any value may be wanted, %j is JSON Schema', (schema) => {
  expect(expandValueSchema(schema)).toBe(schema)
})

test.each([[{ type: 'integer?' }], [{ type: 'string', city: 'string' }], [{ type: 'any' }], [{}]])(
  'where any value may be wanted, %j has properties still',
  (schema) => {
    expect(expandValueSchema(schema)).toEqual(expandSchema(schema))
    expect(expandValueSchema(schema)['type']).toBe('object')
  },
)
