/** The key of a kept event and its run; none where the host published it. Oldest first. */
export type Row = readonly [key: string, run: string]

/** What goes so that `most` are left: of runs above their share the oldest first, then the oldest of all. */
export function surplus(rows: readonly Row[], most: number, share: number): readonly string[] {
  let left = rows.length - most
  if (left <= 0) return []
  const held = new Map<string, number>()
  for (const [, run] of rows) held.set(run, (held.get(run) ?? 0) + 1)
  const gone = new Set<string>()
  const remove = ([key, run]: Row): void => {
    gone.add(key)
    held.set(run, held.get(run)! - 1)
    left--
  }
  for (const row of rows) if (left > 0 && row[1] !== '' && held.get(row[1])! > share) remove(row)
  for (const row of rows) if (left > 0 && !gone.has(row[0])) remove(row)
  return [...gone]
}
