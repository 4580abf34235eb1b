import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainlyFits } from './plain-fit.ts'
import { AjvSchemas } from './schemas.ts'

const text = { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-c]+$' }
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['n'],
  $defs: { Level: { enum: ['low', 'high', 3] } },
  properties: {
    n: { type: 'integer', minimum: 1, maximum: 3, default: 2 },
    level: { $ref: '#/$defs/Level', description: 'How much.' },
    list: { type: 'array', items: text, minItems: 1, maxItems: 2 },
    map: { type: 'object', propertyNames: text, additionalProperties: { type: 'boolean' } },
    either: { anyOf: [{ type: 'number' }, text] },
    open: { type: ['object', 'null'], additionalProperties: true },
  },
}

const leaf = fc.constantFrom<unknown>(0, 1, 2.5, 3, 'a', 'ab', 'abcab', 'x', 'low', true, null)
const value = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'ab'), leaf),
)
const section = fc.dictionary(fc.constantFrom(...Object.keys(SCHEMA.properties), 'lvl'), value, {
  maxKeys: 3,
})

test('what fits plainly, and nothing else, fits for the validator', async () => {
  const validate = await new AjvSchemas().compile(SCHEMA)
  const fitting = { list: ['ab'], map: { ab: true }, either: 1, open: null, level: 3 }
  expect(plainlyFits(SCHEMA, fitting)).toBe(true)
  fc.assert(
    fc.property(section, (given) => {
      expect(plainlyFits(SCHEMA, given)).toBe(validate(structuredClone(given)))
    }),
  )
})

test.each([
  { not: {} },
  { type: 'string', format: 'uri' },
  { $ref: 'other.json' },
  { oneOf: [{}] },
])('a schema with other words is left to the validator: %j', (schema) =>
  expect(plainlyFits(schema, 'x')).toBe(false),
)

test('a long text is left to the validator, whatever its pattern', () => {
  expect(plainlyFits({ pattern: '^(a+)+$' }, `${'a'.repeat(1_000)}!`)).toBe(false)
})
