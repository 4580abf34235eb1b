/** `*` and `?` within one name, `**` across names. Both lists hold the names of one path. */
export function globMatches(pattern: readonly string[], names: readonly string[]): boolean {
  return steps(pattern, names, '**', nameMatches)
}

/** Whether the pattern fits the path or a folder that it lies in. */
export function globMatchesAbove(pattern: readonly string[], names: readonly string[]): boolean {
  // What follows the folder is any names: one pass, where asking for each folder would be quadratic.
  return globMatches([...pattern, '**'], names)
}

function nameMatches(pattern: string, name: string): boolean {
  return steps(
    Array.from(pattern),
    Array.from(name),
    '*',
    (part, char) => part === '?' || part === char,
  )
}

/** Goes through both at once and back only to the last star: at most the product of their lengths. */
function steps(
  pattern: readonly string[],
  items: readonly string[],
  star: string,
  same: (part: string, item: string) => boolean,
): boolean {
  let p = 0
  let starAt = -1
  let resumeAt = 0
  for (let i = 0; i < items.length;) {
    if (pattern[p] === star) {
      starAt = p++
      resumeAt = i
    } else if (p < pattern.length && same(pattern[p]!, items[i]!)) {
      p++
      i++
    } else if (starAt >= 0) {
      p = starAt + 1
      i = ++resumeAt
    } else return false
  }
  return pattern.slice(p).every((part) => part === star)
}
