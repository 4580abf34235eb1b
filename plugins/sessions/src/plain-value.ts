import { REF } from '@llmspell/sdk'
import type { Json, Value } from '@llmspell/sdk'

/** The value that a journal holds: what JSON has no word for stands in tagged tables. */
export function valueIn(json: Json): Value | undefined {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((item: Json) => valueIn(item) ?? null)
  const table = json as { readonly [key: string]: Json }
  if (table[REF] === 'nothing') return undefined
  if (table[REF] === 'minus-zero') return -0
  if (table[REF] === 'bytes')
    return new Uint8Array(Buffer.from(table['base64'] as string, 'base64'))
  const kept = Object.entries(table).filter(([key]) => key !== REF)
  return Object.fromEntries(kept.map(([key, item]) => [key, valueIn(item)]))
}

/** Without what means something to the run that reads it: handles of another run are none of its own. */
export function plainly(value: Value | undefined): Value | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: Value) => plainly(item) ?? null)
  const entries = Object.entries(value as { readonly [key: string]: Value })
  const kept = entries.filter(([key]) => key !== REF)
  return Object.fromEntries(kept.map(([key, item]) => [key, plainly(item)]))
}
