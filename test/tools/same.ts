type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** What a caller got, in the words that all callers have. */
export interface Got {
  readonly success: boolean
  readonly text: string
  readonly result: unknown
  readonly code: string | undefined
}

/** As JSON has it, without nulls, which a table of Lua cannot hold, and with no difference between empty things. */
export function plainly(value: unknown): Json {
  return tidy(JSON.parse(JSON.stringify(value ?? null)) as Json)
}

function tidy(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : (value as Json[]).map(tidy)
  const entries = Object.entries(value as Record<string, Json>).filter(([, item]) => item !== null)
  if (entries.length === 0) return 'empty'
  return Object.fromEntries(entries.map(([key, item]) => [key, tidy(item)]))
}

/**
 * A value with what differs between two equal calls taken out: times, fresh ids, loads of a machine.
 * What is left must be the same from every side.
 * @param passing names of values that differ between processes only
 */
export function steady(value: Json, one: Json, other: Json, passing?: RegExp): Json {
  if (typeof one !== typeof other || !isBranch(one) || !isBranch(other))
    return one === other ? value : typeof value
  if (!isBranch(value)) return value
  if (Object.keys(one).join() !== Object.keys(other).join()) return 'varies'
  const parts = Object.entries(value as Record<string, Json>).map(([key, item]) => {
    const [a, b] = [one, other].map((side) => (side as Record<string, Json>)[key] ?? null)
    return [key, passing?.test(key) ? typeof item : steady(item, a!, b!, passing)] as const
  })
  return Object.fromEntries(parts)
}

function isBranch(value: Json): value is readonly Json[] | { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null
}
