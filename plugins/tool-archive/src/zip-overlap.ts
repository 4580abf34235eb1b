/** Where the bytes of one entry lie, its header included. */
export interface Span {
  readonly start: number
  /** The first byte after it. */
  readonly end: number
  readonly name: string
}

/** Two entries that share bytes of the archive: one small part of a file unpacked as many. */
export function overlap(spans: readonly Span[]): readonly [Span, Span] | undefined {
  const sorted = spans.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const at = sorted.findIndex((span, i) => i > 0 && span.start < sorted[i - 1]!.end)
  return at < 0 ? undefined : [sorted[at - 1]!, sorted[at]!]
}
