import type { Moment } from './killer.ts'

/** The record that a moment belongs to: its kind and path. */
const recordOf = (moment: Moment): string => moment.slice(moment.indexOf(' ') + 1)

/** One moment of each record, with the points before and after spread over them. */
export function spread(moments: readonly Moment[]): Moment[] {
  const groups = [...Map.groupBy(moments, recordOf).values()]
  return groups.map((group, i) => group[(i * 5) % group.length]!)
}

/** Does the work with so many hands, in order. */
export async function withHands<T, R>(
  hands: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const entries = items.entries()
  const hand = async (): Promise<void> => {
    for (const [i, item] of entries) results[i] = await work(item)
  }
  await Promise.all(Array.from({ length: hands }, hand))
  return results
}
