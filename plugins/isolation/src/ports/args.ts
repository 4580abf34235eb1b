import { checkValue } from '@llmspell/sdk'
import type { Value, ValueLimits } from '@llmspell/sdk'
import { MOST_BYTES } from '../line/frame.ts'

const WHOLE: ValueLimits = { bytes: MOST_BYTES, depth: 64 }
const LONGEST = 1024 * 1024

/** A text, as the other side must send one. @throws TypeError */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value.length <= LONGEST && value.isWellFormed()) return value
  throw new TypeError(`'${name}' is no text`)
}

export function number(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`'${name}' is no number`)
}

export function bytes(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError(`'${name}' are no bytes`)
}

/** Plain data without references: nobody forges a handle. @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE */
export function plain(value: unknown, path: string): Value {
  return checkValue(value, { path, limits: WHOLE, refs: false })
}

/** A table of plain data; missing: an empty one. */
export function table(value: unknown, name: string): Readonly<Record<string, Value>> {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array)
    throw new TypeError(`'${name}' is no table`)
  return plain(value, name) as Readonly<Record<string, Value>>
}

type Kind = 'number' | 'boolean' | 'string'

/** The options that are known, each of its kind; others are refused. No end, as JSON has it, is none. */
export function options<T>(value: unknown, kinds: Readonly<Record<string, Kind>>): T {
  const given = Object.entries(table(value, 'options')).filter(([, option]) => option !== null)
  for (const [key, option] of given) {
    if (!Object.hasOwn(kinds, key)) throw new TypeError(`there is no option '${key}'`)
    if (typeof option !== kinds[key]) throw new TypeError(`the option '${key}' is no ${kinds[key]}`)
  }
  return Object.fromEntries(given) as T
}
