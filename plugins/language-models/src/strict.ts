import type { Schema } from '@llmspell/sdk'

/**
 * True if OpenAI's strict mode takes the schema: every object is closed and needs all its properties.
 * Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function isStrict(schema: Schema | undefined): boolean {
  return schema !== undefined && schema['type'] === 'object' && allows(schema)
}

function allows(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return true
  if (Array.isArray(schema)) return schema.every(allows)
  const rules = schema as Schema
  if (rules['oneOf'] || rules['allOf'] || rules['patternProperties'] || rules['prefixItems'])
    return false
  return closed(rules) && Object.entries(rules).every(([key, value]) => allows(inside(key, value)))
}

function closed(rules: Schema): boolean {
  const properties = rules['properties']
  if (rules['type'] !== 'object' && properties === undefined) return true
  const required = (rules['required'] ?? []) as readonly string[]
  const names = Object.keys((properties ?? {}) as object)
  return rules['additionalProperties'] === false && names.every((name) => required.includes(name))
}

/** Names of properties are no keywords: only their schemas are looked at. */
function inside(key: string, value: unknown): unknown {
  if (key === 'properties' || key === '$defs') return Object.values((value ?? {}) as object)
  return key === 'const' || key === 'enum' || key === 'default' || key === 'examples'
    ? undefined
    : value
}
