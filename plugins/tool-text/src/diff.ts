import { textError } from './errors.ts'
import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'

/** Lines that may differ, and how long it may look for the shortest way. */
const MAX_EDITS = 10_000
const TIMEOUT_MS = 1500

/** The difference of two texts, line by line, in unified form. @throws TEXT_LIMIT */
export async function diff({ text, to = '', context = 3 }: TextInput): Promise<TextResult> {
  const { structuredPatch, formatPatch, FILE_HEADERS_ONLY } = await import('diff')
  const limits = { context, maxEditLength: MAX_EDITS, timeout: TIMEOUT_MS }
  const patch = structuredPatch('text', 'to', text, to, undefined, undefined, limits)
  if (!patch) throw tooDifferent()
  const lines = patch.hunks.flatMap((hunk) => hunk.lines)
  const added = lines.filter((line) => line.startsWith('+')).length
  const removed = lines.filter((line) => line.startsWith('-')).length
  const same = patch.hunks.length === 0
  return { text: same ? '' : formatPatch(patch, FILE_HEADERS_ONLY), added, removed }
}

function tooDifferent() {
  const message = `The 'text' and 'to' are too different to compare: more than ${MAX_EDITS} lines, or too long to find out.`
  return textError('TEXT_LIMIT', message, { hint: 'Compare shorter texts.' })
}
