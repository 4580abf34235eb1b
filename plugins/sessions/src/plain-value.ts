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
  return Object.fromEntries(Object.entries(table).map(([key, item]) => [key, valueIn(item)]))
}
