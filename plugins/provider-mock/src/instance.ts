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

/** The number nearest to 0 within the bounds. */
function numberOf(rules: Schema, whole: number): number {
  const step = Number(rules['multipleOf'] ?? whole)
  const least = bound(rules, 'minimum', 'exclusiveMinimum', -Infinity)
  const most = bound(rules, 'maximum', 'exclusiveMaximum', Infinity)
  if (fits(0, least, most)) return 0
  if (least.value >= 0) return above(least, most, step)
  return -above(negated(most), negated(least), step)
}

interface Bound {
  readonly value: number
  readonly open: boolean
}

function bound(rules: Schema, closed: string, open: string, none: number): Bound {
  const limits = [
    { value: Number(rules[closed] ?? none), open: false },
    { value: Number(rules[open] ?? none), open: true },
  ] as const
  const nearer = none < 0 ? limits[1].value >= limits[0].value : limits[1].value <= limits[0].value
  return nearer && rules[open] !== undefined ? limits[1] : limits[0]
}

function fits(number: number, least: Bound, most: Bound): boolean {
  const enough = least.open ? number > least.value : number >= least.value
  return enough && (most.open ? number < most.value : number <= most.value)
}

function above(least: Bound, most: Bound, step: number): number {
  if (step === 0) {
    if (!least.open) return least.value
    return most.value === Infinity ? least.value + 1 : (least.value + most.value) / 2
  }
  const next = Math.ceil(least.value / step) * step
  return fits(next, least, most) ? next : next + step
}

function negated({ value, open }: Bound): Bound {
  return { value: -value, open }
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
