import { isSecretName, looksLikeKey, REF } from '@llmspell/sdk'
import type { Json } from '@llmspell/sdk'
import type { StoredValue } from './store.ts'

const HIDDEN = '(hidden)'

/** A value for people, and whether something in it is not told. */
export interface ShownValue {
  readonly value: Json | Uint8Array
  readonly hidden: boolean
}

/** The value as scripts have it; what looks like a secret is hidden, as on the page of a run. */
export function shownValue(key: string, stored: StoredValue, reveal: boolean): ShownValue {
  const found = { hidden: false }
  const value = shown(key, stored, found, reveal)
  return { value, hidden: found.hidden }
}

function shown(
  name: string,
  value: StoredValue,
  found: { hidden: boolean },
  reveal: boolean,
): Json | Uint8Array {
  if (!reveal && isSecret(name, value)) {
    found.hidden = true
    return HIDDEN
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value))
    return value.map((item: Json) => shown('', item, found, reveal)) as Json[]
  const bytes = bytesIn(value)
  if (bytes) return bytes
  const entries = Object.entries(value as Record<string, Json>)
  return Object.fromEntries(
    entries.map(([key, item]) => [key, shown(key, item, found, reveal)]),
  ) as Json
}

function isSecret(name: string, value: StoredValue): boolean {
  if (typeof value === 'string' && looksLikeKey(value)) return true
  return value !== null && !['number', 'boolean'].includes(typeof value) && isSecretName(name)
}

/** Bytes inside a value are kept as a marked table. */
function bytesIn(value: object): Uint8Array | undefined {
  const table = value as Readonly<Record<string, unknown>>
  if (table[REF] !== 'bytes' || typeof table['base64'] !== 'string') return undefined
  return new Uint8Array(Buffer.from(table['base64'], 'base64'))
}
