import { SpellError } from './errors.ts'
import type { Schema } from './validation.ts'

const TYPES = new Set(['string', 'integer', 'number', 'boolean', 'object', 'array', 'null', 'any'])

/**
 * The JSON Schema that a script means. JSON Schema passes as it is: `type` is `"object"` or a key
 * starts with `$`. Otherwise keys are properties: `"string"`, `"integer?"` (optional), `["string"]`
 * (array of), or any schema; a default makes a property optional. The result is closed.
 *
 * @throws SCHEMA_INVALID naming the place that is wrong
 * @example
 * expandSchema({ city: 'string', days: 'integer?' })
 */
export function expandSchema(short: object, place = 'schema'): Schema {
  if (Array.isArray(short))
    return place === 'schema' ? refuse(place, 'a list') : listOf(short, place)
  return isFull(short) ? (short as Schema) : properties(short, place)
}

const KEYWORDS = new Set(
  (
    'type enum const title description default examples format pattern minLength maxLength minimum maximum ' +
    'exclusiveMinimum exclusiveMaximum multipleOf items minItems maxItems uniqueItems properties required ' +
    'additionalProperties minProperties maxProperties anyOf oneOf allOf not'
  ).split(' '),
)

/**
 * The same where any value may be wanted, not an object alone: `{ type = "integer", minimum = 1 }`, a table whose `type` is
 * a type of JSON Schema and that has no other keys than its keywords, is JSON Schema.
 *
 * @throws SCHEMA_INVALID naming the place that is wrong
 */
export function expandValueSchema(short: object, place = 'schema'): Schema {
  return isOfValue(short as Schema) ? (short as Schema) : expandSchema(short, place)
}

function isOfValue(schema: Schema): boolean {
  const types = [schema['type']].flat()
  const named = types.every((type) => type !== 'any' && TYPES.has(type as string))
  return named && types.length > 0 && Object.keys(schema).every((key) => KEYWORDS.has(key))
}

function isFull(schema: object): boolean {
  return (
    (schema as Schema)['type'] === 'object' ||
    Object.keys(schema).some((key) => key.startsWith('$'))
  )
}

function properties(short: object, place: string): Schema {
  const entries = Object.entries(short).map(([key, value]) =>
    property(key, value, `${place}.${key}`),
  )
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(({ key, schema }) => [key, schema])),
    required: entries.filter(({ optional }) => !optional).map(({ key }) => key),
    additionalProperties: false,
  }
}

function property(key: string, value: unknown, place: string) {
  if (typeof value === 'string') {
    const optional = value.endsWith('?')
    return { key, optional, schema: typeOf(optional ? value.slice(0, -1) : value, place) }
  }
  const schema = inner(value, place)
  return { key, optional: 'default' in schema, schema }
}

function inner(value: unknown, place: string): Schema {
  if (typeof value === 'string') return typeOf(value, place)
  if (typeof value !== 'object' || value === null) return refuse(place, JSON.stringify(value))
  return Array.isArray(value) ? listOf(value, place) : (value as Schema)
}

function listOf(items: readonly unknown[], place: string): Schema {
  if (items.length !== 1) return refuse(place, `a list of ${items.length}`)
  return { type: 'array', items: inner(items[0], `${place}[0]`) }
}

function typeOf(name: string, place: string): Schema {
  if (!TYPES.has(name)) return refuse(place, `'${name}'`)
  return name === 'any' ? {} : { type: name }
}

function refuse(place: string, found: string): never {
  const expected = `a type (${[...TYPES].join(', ')}), a list with one type, or a schema`
  throw new SpellError(
    'SCHEMA_INVALID',
    `The schema is wrong at '${place}': expected ${expected}, found ${found}.`,
    {
      hint: 'Write for example { city = "string", days = "integer?" }.',
      details: { path: place },
    },
  )
}
