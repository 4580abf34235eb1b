import { isDeepStrictEqual } from 'node:util'
import { REF } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

export type Table = { readonly [key: string]: unknown }

const DEEPEST = 64

/** True for an object that is neither a list nor bytes. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value)
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array
}

/** What stands at a dotted path. */
export function valueAt(payload: unknown, path: string): unknown {
  let found = payload
  for (const key of path.split('.')) {
    found = isTable(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return found
}

export function textAt(payload: unknown, path: string): string | undefined {
  const found = valueAt(payload, path)
  return typeof found === 'string' ? found : undefined
}

/** The run that a payload is about. */
export function runIn(payload: unknown): string | undefined {
  return textAt(payload, 'run_id') ?? textAt(payload, 'runId')
}

/** `script`, or the innermost one that acts for it. */
export function callerIn(payload: unknown): string | undefined {
  return textAt(payload, 'caller') ?? textAt(payload, 'actor')
}

/** What ties the points of one operation together: the run and the number of its call. */
export function correlationIn(payload: unknown): string {
  const seq = valueAt(payload, 'seq')
  const run = runIn(payload) ?? 'host'
  return textAt(payload, 'correlation_id') ?? (typeof seq === 'number' ? `${run}:${seq}` : run)
}

/** A copy of plain data. What a script could not hold is left out; what is held by reference is told by its facts. */
export function copyOf(value: unknown, above: readonly unknown[] = []): Value {
  if (typeof value === 'function' || typeof value === 'symbol') return null
  if (above.length > DEEPEST || (typeof value === 'object' && above.includes(value))) return null
  const inner = [...above, value]
  if (Array.isArray(value)) return value.map((item) => copyOf(item, inner))
  if (!isTable(value)) return (value ?? null) as Value
  const kept = Object.entries(value).filter(
    ([key, item]) => item !== undefined && typeof item !== 'function' && key !== REF,
  )
  return Object.fromEntries(kept.map(([key, item]) => [key, copyOf(item, inner)]))
}

/**
 * What a hook gave back, with what it was not shown: a hidden value stands again where its label was left alone, and so
 * does a null, which is nothing in some languages.
 */
export function restored(given: unknown, shown: unknown, original: unknown): unknown {
  if (given === shown) return original
  if (Array.isArray(given)) {
    const [was, is] = [Array.isArray(shown) ? shown : [], Array.isArray(original) ? original : []]
    return given.map((item, index) => restored(item, was[index], is[index]))
  }
  if (!isTable(given) || !isTable(shown) || !isTable(original)) return given
  if (Object.hasOwn(original, REF)) return isDeepStrictEqual(given, shown) ? original : given
  const own = Object.entries(given).map(([key, item]) => {
    const known = Object.hasOwn(shown, key) && Object.hasOwn(original, key)
    return [key, known ? restored(item, shown[key], original[key]) : item] as const
  })
  const nulls = Object.keys(shown).filter(
    (key) => shown[key] === null && !Object.hasOwn(given, key),
  )
  return Object.fromEntries([...own, ...nulls.map((key) => [key, null] as const)])
}
