import { checkValue, describe, REF, unsupported } from '@llmspell/sdk'
import type { Json, Value } from '@llmspell/sdk'

/**
 * A value as the store keeps it. Bytes lie inside it as a tagged table, which no script can write.
 * @throws VALUE_UNSUPPORTED for handles and functions: they end with the run
 */
export function encoded(value: Value): Json {
  return inner(checkValue(value), 'value')
}

function inner(value: Value | undefined, path: string): Json {
  if (typeof value !== 'object' || value === null) return value ?? null
  if (value instanceof Uint8Array)
    return { [REF]: 'bytes', base64: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map((item: Value, i) => inner(item, `${path}[${i}]`))
  if (REF in value) throw unsupported(path, describe(value), 'what outlives the run')
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([key, item]) => [key, inner(item, `${path}.${key}`)]))
}

/**
 * The value of a script again.
 * @throws VALUE_UNSUPPORTED where it holds what no script could have kept, such as the handle of a run
 */
export function decoded(json: Json | Uint8Array): Value {
  if (typeof json !== 'object' || json === null || json instanceof Uint8Array) return json
  if (Array.isArray(json)) return json.map((item: Json) => decoded(item))
  const table = json as { readonly [key: string]: Json }
  if (REF in table) return new Uint8Array(bytesIn(table))
  return Object.fromEntries(Object.entries(table).map(([key, item]) => [key, decoded(item)]))
}

function bytesIn(table: { readonly [key: string]: Json }): Buffer {
  const { [REF]: tag, base64 } = table
  if (tag === 'bytes' && typeof base64 === 'string') return Buffer.from(base64, 'base64')
  throw unsupported(
    'value',
    `the tag ${JSON.stringify(tag).slice(0, 40)}`,
    'what a script has kept',
  )
}
