import type { Schema } from '@llmspell/sdk'

type Found =
  | { readonly schema: Schema }
  | {
      readonly missing: string
      readonly candidates: readonly string[]
      /** Type of the value that nothing can be below. */
      readonly scalar?: string
    }

const SCALARS = new Set(['string', 'number', 'integer', 'boolean', 'null'])

/** The schema of the value at a path; `{}` where the schema does not say. */
export function schemaAt(schema: Schema, path: readonly string[]): Found {
  let here = schema
  for (const segment of path) {
    const next = child(here, segment)
    if ('missing' in next) return next
    here = next.schema
  }
  return { schema: here }
}

function child(schema: Schema, segment: string): Found {
  const { type, properties, additionalProperties, items } = schema as Record<string, unknown>
  if (typeof type === 'string' && SCALARS.has(type)) {
    return { missing: segment, candidates: [], scalar: type }
  }
  if (type === 'array') return item(items, segment)
  const known = isTable(properties) ? properties : {}
  if (Object.hasOwn(known, segment)) return { schema: orAny(known[segment]) }
  if (additionalProperties === false) {
    return { missing: segment, candidates: Object.keys(known) }
  }
  return { schema: orAny(additionalProperties) }
}

function item(items: unknown, segment: string): Found {
  return /^[1-9]\d*$/.test(segment)
    ? { schema: orAny(items) }
    : { missing: segment, candidates: ['1'] }
}

const orAny = (value: unknown): Schema => (isTable(value) ? value : {})

function isTable(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
