import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { instanceOf } from './instance.ts'

const ajv = new Ajv2020({ strict: false, validateFormats: false })

test.each([
  { type: 'string' },
  { type: 'string', minLength: 10 },
  { type: 'string', maxLength: 2 },
  { type: 'string', format: 'date-time' },
  { type: 'integer' },
  { type: 'integer', minimum: 3.2 },
  { type: 'integer', exclusiveMinimum: 0 },
  { type: 'integer', maximum: -3 },
  { type: 'integer', exclusiveMaximum: 0 },
  { type: 'integer', minimum: 4, multipleOf: 5 },
  { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  { type: 'number', exclusiveMaximum: 0 },
  { type: 'number', minimum: 0.5 },
  { type: 'number', exclusiveMinimum: -3, maximum: -2 },
  { type: 'integer', exclusiveMaximum: -4, multipleOf: 2 },
  { type: 'integer', minimum: -5, exclusiveMinimum: 2 },
  { type: 'boolean' },
  { type: 'null' },
  { type: ['string', 'null'] },
  { enum: ['b', 'a'] },
  { const: 4 },
  { type: 'array', items: { type: 'integer' }, minItems: 2 },
  { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], minItems: 2 },
  { anyOf: [{ type: 'integer' }, { type: 'string' }] },
  { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false },
  {
    type: 'object',
    properties: { a: { $ref: '#/$defs/A' }, b: { type: 'array', items: { $ref: '#/$defs/A' } } },
    required: ['a', 'b'],
    $defs: { A: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
  },
  {
    allOf: [
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      { properties: { b: { type: 'string' } }, required: ['b'] },
    ],
  },
])('satisfies %j', (schema) => {
  expect(ajv.validate(schema, instanceOf(schema))).toBe(true)
})

test('ends where a schema needs itself', () => {
  const endless = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
  expect(instanceOf(endless)).toMatchObject({ next: { next: {} } })
})
