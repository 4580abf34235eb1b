import { isRef } from '@llmspell/sdk'
import type { CallContext, Value } from '@llmspell/sdk'

type Resolver = Pick<CallContext, 'resolve'>

/**
 * The input with the handles of secrets replaced by their names as text: `secret:NAME`. What the script says
 * about a handle does not count.
 */
export function withLabels(params: Value, context: Resolver): Value {
  return holdsRef(params) ? labelled(params, context) : params
}

function holdsRef(value: Value | undefined): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  if (isRef(value, 'handle')) return true
  for (const item of Object.values(value as Record<string, Value>)) if (holdsRef(item)) return true
  return false
}

function labelled(value: Value, context: Resolver): Value {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (isRef(value, 'handle')) return value.type === 'Secret' ? labelOf(value, context) : value
  if (Array.isArray(value)) return value.map((item: Value) => labelled(item, context))
  const entries = Object.entries(value as Record<string, Value>)
  return Object.fromEntries(entries.map(([key, item]) => [key, labelled(item, context)]))
}

function labelOf(ref: Parameters<CallContext['resolve']>[0], context: Resolver): string {
  const { name } = context.resolve(ref) as { readonly name: string }
  return name.includes(':') ? name : `secret:${name}`
}
