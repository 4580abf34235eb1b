import type { Item } from './format.ts'
import { stripped } from './run-items.ts'

/** Equal for equal parts, whatever session they come with: keys sorted. */
export function textOf(item: Item): string {
  const kept = item.kind === 'record' ? { ...item, body: stripped(item.body, '') } : item
  return `${JSON.stringify(sorted(kept))}\n`
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const table = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.keys(table)
      .toSorted()
      .map((key) => [key, sorted(table[key])]),
  )
}
