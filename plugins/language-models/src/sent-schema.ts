import type { Schema } from '@llmspell/sdk'

/** Keywords whose values are schemas by name: the names are no keywords. */
const BY_NAME = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas'])
/** Keywords whose values are data. */
const DATA = new Set(['const', 'enum', 'default', 'examples'])

/**
 * The schema of a tool as it goes to a server: without the keywords of this house (`x-…`), and without `propertyNames`,
 * which the SDK takes out with a warning each time. What has a default need not be said. What a model answers is checked
 * against the whole schema anyway.
 */
export function sentSchema(schema: Schema): Schema {
  return sent(schema) as Schema
}

function sent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sent)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([key]) => key !== 'propertyNames' && !key.startsWith('x-'),
  )
  const properties = (value as Schema)['properties']
  return Object.fromEntries(kept.map(([key, inner]) => [key, sentUnder(key, inner, properties)]))
}

function sentUnder(key: string, value: unknown, properties: unknown): unknown {
  if (key === 'required') return needed(value, properties)
  if (DATA.has(key)) return value
  if (!BY_NAME.has(key) || typeof value !== 'object' || value === null) return sent(value)
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, sent(schema)]))
}

function needed(required: unknown, properties: unknown): unknown {
  if (!Array.isArray(required)) return required
  const rules = (properties ?? {}) as Readonly<Record<string, Schema | undefined>>
  return (required as readonly string[]).filter((name) => rules[name]?.['default'] === undefined)
}
