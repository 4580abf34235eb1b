import type { RowRange } from '@llmspell/sdk/store'

/** A value; 0 where there was none at the moment of the view, 1 for one that is too long for a page. */
export type Found = Buffer | 0 | 1

export interface Page {
  readonly rows: readonly (readonly [key: Buffer, value: Buffer | 1])[]
  /** Where it goes on. */
  readonly rest: RowRange | undefined
}

type Listed = readonly [keys: Buffer[], values: Found[], gone: Buffer[], old: Found[]]

/** The rows of the index, and those that have left it since, in one order; as far as both lists reach. */
export function merged([keys, values, gone, old]: Listed, range: RowRange, count: number): Page {
  const sign = range.reverse ? -1 : 1
  const order = (a: Buffer, b: Buffer): number => sign * a.compare(b)
  const ends = [keys, gone].filter((list) => list.length === count).map((list) => list.at(-1)!)
  const last = ends.toSorted(order)[0]
  const found = new Map<string, readonly [Buffer, Found]>()
  const add = (key: Buffer, value: Found): void => {
    if (!last || order(key, last) <= 0) found.set(key.toString('latin1'), [key, value])
  }
  for (const [n, key] of keys.entries()) add(key, values[n]!)
  for (const [n, key] of gone.entries()) add(key, old[n]!)
  const rows = [...found.values()].toSorted(([a], [b]) => order(a, b)).filter(isThere)
  return { rows, rest: last && beyond(range, last) }
}

const isThere = (row: readonly [Buffer, Found]): row is readonly [Buffer, Buffer | 1] =>
  row[1] !== 0

function beyond(range: RowRange, last: Buffer): RowRange {
  return range.reverse
    ? { ...range, lt: last }
    : { ...range, gte: Buffer.concat([last, Buffer.from([0])]) }
}
