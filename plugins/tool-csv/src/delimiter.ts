const CANDIDATES = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof CANDIDATES)[number]

const MAX_ROWS = 20

/** The delimiter that the first rows agree on best; a comma where none occurs. */
export function delimiterOf(start: string, quote: string): Delimiter {
  const rows = rowsOf(start, quote)
  let best: { readonly delimiter: Delimiter; readonly score: number } | undefined
  for (const delimiter of CANDIDATES) {
    const counts = rows.map((row) => row.split(delimiter).length - 1)
    const [first = 0] = counts
    const agreeing = counts.filter((count) => count === first).length
    const score = first === 0 ? 0 : (agreeing / counts.length) * 1000 + Math.min(first, 999)
    if (score > (best?.score ?? 0)) best = { delimiter, score }
  }
  return best?.delimiter ?? ','
}

/** The first rows, without what is in quotes. */
function rowsOf(start: string, quote: string): readonly string[] {
  const parts = quote === '' ? [start] : start.split(quote)
  const outside = parts.filter((_, index) => index % 2 === 0).join('')
  const rows = outside.split(/\r\n|[\n\r]/)
  // The last may be cut.
  const whole = rows.length > 1 ? rows.slice(0, -1) : rows
  return whole.filter((row) => row !== '').slice(0, MAX_ROWS)
}
