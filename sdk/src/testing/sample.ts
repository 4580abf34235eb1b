import type { Schema } from '../validation.ts'

/** Values of keys whose schema leaves open what is in them, as hosts fill them. */
const KNOWN: Readonly<Record<string, unknown>> = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Name three lamps.' }] }],
  usage: { inputTokens: 12, outputTokens: 7, cost: 0.001 },
  error: { code: 'TIMEOUT', message: 'It took too long.', details: { retryable: true } },
  chunk: { type: 'text', text: 'Lamps' },
  toolCalls: [],
  invalidCalls: [],
  params: { text: 'three lamps' },
  result: { text: 'three lamps' },
  reason: 'stop',
  model: 'mock/demo',
  caller: 'script',
  actor: 'script',
}

/**
 * A value that keeps a schema.
 * @param least only what is required, instead of all that may be there
 */
export function sampleOf(schema: Schema, least = false): unknown {
  const { const: only, default: usual, enum: choice, anyOf, oneOf, type } = schema
  if (only !== undefined) return only
  if (usual !== undefined) return structuredClone(usual)
  if (Array.isArray(choice)) return choice[0]
  const first = (anyOf ?? oneOf) as readonly Schema[] | undefined
  if (first?.[0]) return sampleOf(first[0], least)
  return typed(Array.isArray(type) ? (type[0] as string) : type, schema, least)
}

function typed(type: unknown, schema: Schema, least: boolean): unknown {
  if (type === 'object' || schema['properties']) return objectOf(schema, least)
  if (type === 'array') return least ? [] : [sampleOf((schema['items'] ?? {}) as Schema, least)]
  if (type === 'integer' || type === 'number') return Math.max(Number(schema['minimum'] ?? 1), 1)
  if (type === 'boolean') return true
  if (type === 'null') return null
  return 'text'
}

function objectOf({ properties = {}, required = [] }: Schema, least: boolean): object {
  const needed = new Set(required as readonly string[])
  const entries = Object.entries(properties as Record<string, Schema>)
  const taken = entries.filter(([key]) => !least || needed.has(key))
  return Object.fromEntries(taken.map(([key, schema]) => [key, valueAt(key, schema, least)]))
}

function valueAt(key: string, schema: Schema, least: boolean): unknown {
  const known = Object.hasOwn(KNOWN, key) && schema['enum'] === undefined
  return known ? structuredClone(KNOWN[key]) : sampleOf(schema, least)
}
