/** Says whether a key is meant: a star stands for any characters. Goes back to the last star only. */
export function keyMatcher(pattern: string): (key: string) => boolean {
  const parts = pattern.split('*')
  const [first, last] = [parts[0]!, parts.at(-1)!]
  if (parts.length === 1) return (key) => key === pattern
  return (key) => {
    if (!key.startsWith(first) || !key.endsWith(last)) return false
    let at = first.length
    const end = key.length - last.length
    for (const part of parts.slice(1, -1)) {
      const found = key.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= end
  }
}
