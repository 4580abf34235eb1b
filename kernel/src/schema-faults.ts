import { describe } from '@llmspell/sdk'
import { isRecord } from './files.ts'

/** What is wrong with a schema, and where (a JSON pointer). */
export interface Fault {
  readonly path: string
  readonly expected: string
  readonly found: string
}

type Check = (value: unknown) => string | undefined

const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']
export const NAMED = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
export const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
export const SINGLE = [
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
]
/** Characters of a pattern: the time of a match grows with them. */
const MAX_PATTERN = 1024
const PATTERN = 'a regular expression of at most 1,024 characters'
const NUMBERS = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minProperties',
  'maxProperties',
]

const CHECKS: Readonly<Record<string, Check>> = {
  type: (value) =>
    [value].flat().every((type) => TYPES.includes(type as string))
      ? undefined
      : `one of ${TYPES.join(', ')}`,
  required: (value) =>
    Array.isArray(value) && value.every((key) => typeof key === 'string')
      ? undefined
      : 'an array of texts',
  enum: (value) => (Array.isArray(value) && value.length > 0 ? undefined : 'an array of values'),
  pattern: (value) => (isPattern(value) ? undefined : PATTERN),
  $ref: (value) =>
    typeof value === 'string' && value.startsWith('#')
      ? undefined
      : "a reference within the schema, such as '#/$defs/x'",
  $async: () => 'no such key',
  ...Object.fromEntries(
    NUMBERS.map((key) => [
      key,
      (value: unknown) => (typeof value === 'number' ? undefined : 'a number'),
    ]),
  ),
}

/** The first fault that a schema has, or undefined. Looks at what ajv would pass over or not place. */
export function findFault(schema: unknown, path = '#'): Fault | undefined {
  if (typeof schema === 'boolean') return undefined
  if (!isRecord(schema)) return { path, expected: 'a schema', found: describe(schema) }
  for (const [key, value] of Object.entries(schema)) {
    const expected = CHECKS[key]?.(value)
    if (expected !== undefined) return { path: `${path}/${key}`, expected, found: describe(value) }
    const fault = within(key, value, `${path}/${key}`)
    if (fault) return fault
  }
  return undefined
}

function within(key: string, value: unknown, path: string): Fault | undefined {
  if (SINGLE.includes(key)) return findFault(value, path)
  if (LISTS.includes(key)) {
    if (!Array.isArray(value))
      return { path, expected: 'an array of schemas', found: describe(value) }
    return first(value.entries(), path)
  }
  if (!NAMED.includes(key)) return undefined
  if (!isRecord(value)) return { path, expected: 'schemas by name', found: describe(value) }
  const wrong = key === 'patternProperties' && Object.keys(value).find((name) => !isPattern(name))
  if (typeof wrong === 'string') return { path, expected: PATTERN, found: describe(wrong) }
  return first(Object.entries(value), path)
}

function first(entries: Iterable<[string | number, unknown]>, path: string): Fault | undefined {
  for (const [key, schema] of entries) {
    const fault = findFault(schema, `${path}/${key}`)
    if (fault) return fault
  }
  return undefined
}

function isPattern(value: unknown): boolean {
  try {
    if (typeof value !== 'string' || value.length > MAX_PATTERN) return false
    return Boolean(new RegExp(value, 'u'))
  } catch {
    return false
  }
}
