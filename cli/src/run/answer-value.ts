import type { Json, Schema } from '@llmspell/sdk'
import { typesOf } from '../tool/convert.ts'

/** What a typed text means where a schema says what is wanted: JSON, and text where that is no JSON or only text fits. */
export function answerValue(schema: object, typed: string): Json {
  const json = parsed(typed)
  if (json === undefined) return typed
  return takes(schema as Schema, json) || !takes(schema as Schema, typed) ? json : typed
}

/** What a schema wants, in few words. */
export function wantedText(schema: object): string {
  const { enum: choices } = schema as Schema
  if (Array.isArray(choices)) return choices.map((one) => JSON.stringify(one)).join(' or ')
  const types = typesOf(schema as Schema)
  const words = types.map((type) => (type === 'string' ? 'text' : type)).join(' or ')
  return types.every((type) => type === 'string') ? words : `${words}, as JSON`
}

/** A value of the kind that a schema wants. */
export function exampleOf(schema: object, depth = 0): Json {
  const { enum: choices, items, properties = {}, default: otherwise, minimum } = schema as Schema
  if (otherwise !== undefined) return otherwise as Json
  if (Array.isArray(choices)) return choices[0] as Json
  const inner = (one: unknown): Json => exampleOf((one ?? {}) as object, depth + 1)
  switch (depth > 4 ? 'any' : typesOf(schema as Schema)[0]) {
    case 'integer':
    case 'number':
      return typeof minimum === 'number' ? minimum : 1
    case 'boolean':
      return true
    case 'array':
      return [inner(items)]
    case 'object':
      // A table of Lua has no order of its own: the example is the same each time.
      return Object.fromEntries(
        Object.entries(properties as object)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, one]) => [key, inner(one)]),
      )
    case 'null':
      return null
    default:
      return 'text'
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function takes(schema: Schema, value: Json): boolean {
  const { enum: choices } = schema
  if (Array.isArray(choices)) return choices.some((one) => one === value)
  const types = typesOf(schema)
  return types.includes('any') || kindsOf(value).some((kind) => types.includes(kind))
}

function kindsOf(value: Json): readonly string[] {
  if (value === null) return ['null']
  if (Array.isArray(value)) return ['array']
  return typeof value === 'number' && Number.isInteger(value)
    ? ['integer', 'number']
    : [typeof value]
}
