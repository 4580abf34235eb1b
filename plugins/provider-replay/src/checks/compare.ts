import type { Value } from '@llmspell/sdk'
import { unifiedDiff } from '../diff.ts'
import { ordered, pretty } from '../json.ts'
import type { Json, JsonTable } from '../json.ts'
import { withoutBytes } from '../bytes.ts'

/** Narrow, so that each item of a list has a line of its own where a list is long. */
const WIDTH = 60

/** Where two values begin to differ, and both as text; undefined where they are equal. */
export interface Difference {
  /** `.items[2].price`; empty for the whole. */
  readonly path: string
  readonly found: string
  readonly expected: string
  readonly diff: string
}

/** A deep comparison: keys in any order, NaN equal to itself, bytes by content. */
export function difference(
  actual: Value | undefined,
  expected: Value | undefined,
): Difference | undefined {
  const [left, right] = [asJson(actual), asJson(expected)]
  const at = firstDifference(left, right, '')
  if (!at) return undefined
  const diff = unifiedDiff(pretty(right, WIDTH), pretty(left, WIDTH), ['expected', 'found'])
  return { ...at, diff }
}

function asJson(value: Value | undefined): Json {
  return ordered(withoutBytes(marked(value ?? null), new Map()) ?? null)
}

/** Numbers that JSON has not. */
function marked(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) }
  if (Object.is(value, -0)) return 0
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(marked)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item)]))
}

type Place = Omit<Difference, 'diff'>

function firstDifference(
  found: Json | undefined,
  expected: Json | undefined,
  path: string,
): Place | undefined {
  if (found === expected || (isEmpty(found) && isEmpty(expected))) return undefined
  if (!isObject(found) || !isObject(expected) || Array.isArray(found) !== Array.isArray(expected))
    return { path, found: short(found), expected: short(expected) }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])]
  for (const key of keys) {
    const [left, right] = [found, expected].map((table) => (table as JsonTable)[key])
    const next = Array.isArray(found) ? `${path}[${key}]` : `${path}.${key}`
    const place = firstDifference(left, right, next)
    if (place) return place
  }
  return undefined
}

function isObject(value: Json | undefined): value is JsonTable | readonly Json[] {
  return typeof value === 'object' && value !== null
}

const isEmpty = (value: Json | undefined): boolean =>
  isObject(value) && Object.keys(value).length === 0

function short(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
