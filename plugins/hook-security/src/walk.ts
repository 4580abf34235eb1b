import { isRef } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

type Change = (text: string, key: string) => string

/** The value with all its texts, names too, put through a function: the same object where nothing changed. */
export function mapTexts<T extends Value | undefined>(value: T, change: Change, key = ''): T {
  if (typeof value === 'string') return change(value, key) as T
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value))
    return sameOr(
      value,
      value.map((item: Value) => mapTexts(item, change, key)),
    ) as T
  if (isRef(value, 'handle') || isRef(value, 'stream') || isRef(value, 'callback')) return value
  const table = value as { readonly [key: string]: Value | undefined }
  const made = Object.entries(table).map(
    ([name, item]) => [change(name, ''), mapTexts(item, change, name)] as const,
  )
  const names = Object.keys(table)
  const changed = made.some(([name, item], i) => name !== names[i] || item !== table[name])
  return (changed ? Object.fromEntries(made) : value) as T
}

function sameOr(before: readonly Value[], after: readonly Value[]): readonly Value[] {
  return after.some((item, i) => item !== before[i]) ? after : before
}
