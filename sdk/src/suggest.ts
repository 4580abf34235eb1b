/** Number of single-letter edits (swaps included) between two short texts. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, before[j - 2]! + 1)
      }
      row.push(best)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_.\s]/g, '')

/** The candidate that `name` was probably meant to be, or undefined. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name).slice(0, 80)
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate).slice(0, 80))
    if (distance <= limit && (!best || distance < best.distance))
      best = { name: candidate, distance }
  }
  return best?.name
}

/** `Did you mean 'x'?`, or the fallback where nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>, otherwise = ''): string {
  const found = nearest(name, candidates)
  return found === undefined ? otherwise : `Did you mean '${found}'?`
}
