import { checkValue, isRef, REF } from '@llmspell/sdk'
import type { CallbackRef, HostCallback, HostStream, Value } from '@llmspell/sdk'

/** A copy of plain data in which the script's functions can be called. */
export function revive(value: unknown, callable: (ref: CallbackRef) => HostCallback): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (isRef(value, 'callback')) return callable(value)
  if (Array.isArray(value)) return value.map((item) => revive(item, callable))
  const copy: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) copy[key] = revive(item, callable)
  return copy
}

export function isStream(value: unknown): value is HostStream {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.asyncIterator in value && isRef((value as HostStream).ref, 'stream')
}

/** The result of a handler as plain data: streams become references, everything is checked. */
export function encode(value: unknown, path: string): Value | undefined {
  if (value === undefined) return undefined
  if (isStream(value)) return { ...value.ref }
  return checkValue(value, { path })
}

/** A script's value as its host gets it: what was held by reference is told by type and id. */
export function told(value: Value | undefined): Value | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: Value) => told(item) ?? null)
  if (isRef(value, 'handle')) return { type: value.type, id: value.id }
  const entries = Object.entries(value as Record<string, Value>).filter(([key]) => key !== REF)
  return Object.fromEntries(entries.map(([key, item]) => [key, told(item)]))
}
