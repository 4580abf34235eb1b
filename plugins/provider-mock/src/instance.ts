import type { Schema, Value } from '@llmspell/sdk'

const DEPTH = 12

const FORMATS: Readonly<Record<string, string>> = {
  date: '2024-01-01',
  'date-time': '2024-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'mock@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/**
 * A small value that satisfies a JSON Schema: what it needs and nothing more. Patterns are not looked at, except that
 * a default or an example of the schema is preferred.
 */
export function instanceOf(schema: unknown, root: unknown = schema, depth = 0): Value {
  if (typeof schema !== 'object' || schema === null || depth > DEPTH) return null
  const rules = schema as Schema
  const reference = rules['$ref']
  if (typeof reference === 'string') return instanceOf(lookUp(root, reference), root, depth + 1)
  const given =
    rules['const'] ?? rules['default'] ?? first(rules['enum']) ?? first(rules['examples'])
  if (given !== undefined) return given as Value
  const choice = first(rules['anyOf']) ?? first(rules['oneOf'])
  if (choice !== undefined)
    return instanceOf({ ...rules, anyOf: undefined, oneOf: undefined, ...choice }, root, depth + 1)
  const all = rules['allOf'] as readonly Schema[] | undefined
  if (all) return instanceOf(merged(rules, all), root, depth + 1)
  return ofType(rules, root, depth)
}

function ofType(rules: Schema, root: unknown, depth: number): Value {
  switch (first(rules['type']) ?? rules['type'] ?? guess(rules)) {
    case 'object':
      return objectOf(rules, root, depth)
    case 'array':
      return arrayOf(rules, root, depth)
    case 'string':
      return textOf(rules)
    case 'integer':
      return numberOf(rules, 1)
    case 'number':
      return numberOf(rules, 0)
    case 'boolean':
      return false
    default:
      return null
  }
}

function guess(rules: Schema): string | undefined {
  if (rules['properties'] || rules['required']) return 'object'
  return rules['items'] ? 'array' : undefined
}

function objectOf(rules: Schema, root: unknown, depth: number): Value {
  const properties = (rules['properties'] ?? {}) as Readonly<Record<string, unknown>>
  const required = (rules['required'] ?? []) as readonly string[]
  return Object.fromEntries(
    required.map((name) => [
      name,
      instanceOf(properties[name] ?? { type: 'string' }, root, depth + 1),
    ]),
  )
}

function arrayOf(rules: Schema, root: unknown, depth: number): Value {
  const fixed = (rules['prefixItems'] ?? []) as readonly unknown[]
  const length = Math.max(Number(rules['minItems'] ?? 0), fixed.length)
  return Array.from({ length }, (_, i) => instanceOf(fixed[i] ?? rules['items'], root, depth + 1))
}

function textOf(rules: Schema): string {
  const format = FORMATS[String(rules['format'])]
  if (format !== undefined) return format
  const least = Number(rules['minLength'] ?? 0)
  const most = Number(rules['maxLength'] ?? Infinity)
  return 'mock'.padEnd(least, '.').slice(0, most)
}

function numberOf(rules: Schema, step: number): number {
  const multiple = Number(rules['multipleOf'] ?? step)
  const above = rules['exclusiveMinimum']
  const least = Math.max(
    Number(rules['minimum'] ?? -Infinity),
    above === undefined ? -Infinity : Number(above),
  )
  const most = Math.min(
    Number(rules['maximum'] ?? Infinity),
    Number(rules['exclusiveMaximum'] ?? Infinity),
  )
  if (least <= 0 && most >= 0 && above !== 0 && rules['exclusiveMaximum'] !== 0) return 0
  if (least === -Infinity)
    return multiple
      ? Math.floor(most / multiple) * multiple -
          (rules['exclusiveMaximum'] === undefined ? 0 : multiple)
      : most - (rules['exclusiveMaximum'] === undefined ? 0 : 1)
  const next = multiple ? Math.ceil(least / multiple) * multiple : least
  if (above === undefined || next > Number(above)) return next
  return multiple ? next + multiple : most === Infinity ? least + 1 : (least + most) / 2
}

function merged(rules: Schema, all: readonly Schema[]): Schema {
  const parts = [{ ...rules, allOf: undefined }, ...all]
  const properties = Object.assign({}, ...parts.map((part) => part['properties'] ?? {})) as object
  const required = parts.flatMap((part) => (part['required'] ?? []) as string[])
  return Object.assign({}, ...parts, { properties, required }) as Schema
}

function lookUp(root: unknown, reference: string): unknown {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean)
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return names.reduce<unknown>((at, name) => (at as Schema | undefined)?.[name], root)
}

function first(value: unknown): Schema | undefined {
  return Array.isArray(value) ? (value[0] as Schema) : undefined
}
