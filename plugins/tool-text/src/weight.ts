import type { TextInput } from './generated/input.ts'

/** UTF-16 code units that can be walked while the host waits. */
const SHORT = 16_384
/** Steps of a pattern that every place of a text begins anew, and goes on to its end. */
const FEW_STEPS = 1_000_000

export type Weight = 'light' | 'heavy' | 'tokens'

/** Whether the work is done at once, costs time, or needs a vocabulary in memory. */
export function weightOf(input: TextInput): Weight {
  const { text, operation, by, encoding, pattern, to = '' } = input
  if (by === 'tokens' || (operation === 'count' && encoding !== undefined)) return 'tokens'
  if (pattern !== undefined) return isLight(pattern, text) ? 'light' : 'heavy'
  if (operation === 'diff') return text.length * to.length <= FEW_STEPS ? 'light' : 'heavy'
  return text.length <= SHORT && (input.size ?? 0) <= SHORT ? 'light' : 'heavy'
}

/** Counted repetitions make a pattern larger than it looks. */
function isLight(pattern: string, text: string): boolean {
  return !pattern.includes('{') && pattern.length * text.length ** 2 <= FEW_STEPS
}
