import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'
import { segmentCount, wordCount } from './segments.ts'
import { linesOf } from './split.ts'
import { countTokens } from './tokens.ts'

/** All that can be counted; tokens where an encoding is named. */
export async function count({ text, encoding }: TextInput): Promise<TextResult> {
  const counts = {
    units: text.length,
    characters: codePoints(text),
    graphemes: segmentCount(text),
    words: wordCount(text),
    lines: linesOf(text).length,
    bytes: Buffer.byteLength(text),
  }
  if (encoding === undefined) return counts
  return { ...counts, tokens: await countTokens(text, encoding), encoding }
}

function codePoints(text: string): number {
  let points = 0
  for (const _ of text) points++
  return points
}
