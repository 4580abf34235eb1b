import { expect, test } from 'vitest'
import { sentSchema } from './sent-schema.ts'

test('a sent schema has no keywords of ours, at any depth', () => {
  const inner = { type: 'string', 'x-permission': 'read' }
  const whole = {
    type: 'object',
    'x-open': true,
    propertyNames: { pattern: '^[a-z]+$' },
    properties: { path: inner, all: { type: 'array', items: inner }, any: { anyOf: [inner, {}] } },
    $defs: { Path: inner },
  }
  const string = { type: 'string' }
  expect(sentSchema(whole)).toEqual({
    type: 'object',
    properties: {
      path: string,
      all: { type: 'array', items: string },
      any: { anyOf: [string, {}] },
    },
    $defs: { Path: string },
  })
})

test('names of properties and data are no keywords', () => {
  const schema = {
    type: 'object',
    properties: { propertyNames: { type: 'string' }, 'x-ray': { type: 'string' } },
    required: ['x-ray'],
    default: { 'x-ray': 'a' },
    enum: [{ propertyNames: 'a', 'x-ray': 'b' }],
  }
  expect(sentSchema(schema)).toEqual(schema)
})

test('what has a default need not be said', () => {
  const properties = { expression: { type: 'string' }, mode: { default: 'decimal' } }
  const schema = { type: 'object', properties, required: ['expression', 'mode'] }
  expect(sentSchema(schema)).toEqual({ ...schema, required: ['expression'] })
})
