/** What each id needs. Ids that are not asked about are passed over. */
export type Needs = (id: string) => Iterable<string>

/** A ring of needs with its first id again at the end, or undefined. */
export function findCycle(ids: Iterable<string>, needs: Needs): readonly string[] | undefined {
  const done = new Set<string>()
  for (const id of ids) {
    const cycle = descend(id, needs, [], done)
    if (cycle) return cycle
  }
  return undefined
}

/** A way along needs from one id to another, both included, or undefined. */
export function findPath(from: string, to: string, needs: Needs): readonly string[] | undefined {
  const seen = new Set([from])
  const queue: (readonly string[])[] = [[from]]
  for (let path = queue.shift(); path; path = queue.shift()) {
    const last = path.at(-1) as string
    if (last === to) return path
    for (const next of needs(last)) {
      if (seen.has(next)) continue
      seen.add(next)
      queue.push([...path, next])
    }
  }
  return undefined
}

/** The ids with everything before what needs it; otherwise in the order given. Needs no ring. */
export function topologicalOrder(ids: readonly string[], needs: Needs): readonly string[] {
  const wanted = new Set(ids)
  const placed = new Set<string>()
  const place = (id: string): void => {
    if (!wanted.delete(id)) return
    for (const need of needs(id)) place(need)
    placed.add(id)
  }
  ids.forEach(place)
  return [...placed]
}

function descend(
  id: string,
  needs: Needs,
  path: readonly string[],
  done: Set<string>,
): readonly string[] | undefined {
  const start = path.indexOf(id)
  if (start >= 0) return [...path.slice(start), id]
  if (done.has(id)) return undefined
  for (const need of needs(id)) {
    const cycle = descend(need, needs, [...path, id], done)
    if (cycle) return cycle
  }
  done.add(id)
  return undefined
}
