const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wordBreaks = new Intl.Segmenter('en', { granularity: 'word' })

/** Characters that a reader sees. */
export function segments(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

/** The number of characters that a reader sees; counting ends past `most`. */
export function segmentCount(text: string, most = Infinity): number {
  let count = 0
  for (const _ of graphemes.segment(text)) if (++count > most) break
  return count
}

/** The first characters that a reader sees. */
export function firstSegments(text: string, count: number): string {
  let [end, seen] = [0, 0]
  for (const { index, segment } of graphemes.segment(text)) {
    if (seen++ >= count) break
    end = index + segment.length
  }
  return text.slice(0, end)
}

export function words(text: string): string[] {
  return Array.from(wordBreaks.segment(text))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment)
}

export function wordCount(text: string): number {
  let count = 0
  for (const { isWordLike } of wordBreaks.segment(text)) if (isWordLike) count++
  return count
}

/** The text with each of its words changed. */
export function mapWords(text: string, change: (word: string) => string): string {
  let changed = ''
  for (const { segment, isWordLike } of wordBreaks.segment(text))
    changed += isWordLike ? change(segment) : segment
  return changed
}
