import { isRecord } from './files.ts'

const SIMPLE = new Set([
  '$schema',
  '$id',
  '$defs',
  '$comment',
  'title',
  'description',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'examples',
])

/**
 * The value that an absent section has: the defaults of the schema's properties. Undefined where
 * it takes a validator to tell, because something is required or the schema has conditions.
 */
export function defaultsOf(schema: object): Record<string, unknown> | undefined {
  if (!Object.keys(schema).every((key) => SIMPLE.has(key))) return undefined
  const { properties, required = [] } = schema as { properties?: unknown; required?: unknown }
  const filled: Record<string, unknown> = {}
  for (const [key, property] of Object.entries(isRecord(properties) ? properties : {})) {
    if (!isRecord(property) || !('default' in property)) continue
    // Defaults inside of defaults are filled by the validator only.
    if (isRecord(property['default']) && property['properties'] !== undefined) return undefined
    filled[key] = structuredClone(property['default'])
  }
  const missing = (required as readonly string[]).some((key) => !(key in filled))
  return missing ? undefined : filled
}

const PLAIN_KEYS = new Set(['description', 'type', 'default', 'examples', 'minLength'])

/**
 * The section with its defaults, where each of its values is a text or a switch that shows by itself whether it fits. Undefined where it
 * takes a validator to tell.
 */
export function plainSection(
  schema: object,
  section: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const { properties } = schema as { properties?: unknown }
  if (!isRecord(properties)) return undefined
  const plain = Object.entries(section).every(([key, value]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (!isRecord(property) || !Object.keys(property).every((word) => PLAIN_KEYS.has(word)))
      return false
    const { type, minLength = 0 } = property
    if (type === 'string') return typeof value === 'string' && value.length >= (minLength as number)
    return type === 'boolean' && typeof value === 'boolean'
  })
  const defaults = plain ? defaultsOf(schema) : undefined
  return defaults && { ...defaults, ...section }
}

/** Freezes plain data all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
