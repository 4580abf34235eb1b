import { SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

/** The codes of this tool: all of them judge input. */
export type TextCode = 'TEXT_PATTERN' | 'TEXT_LIMIT' | 'TEXT_NAME'

export function textError(
  code: TextCode,
  message: string,
  told: { readonly hint: string; readonly details?: Value; readonly cause?: unknown },
): SpellError {
  return new SpellError(code, message, told)
}

/** UTF-16 code units of a result. */
export const MAX_RESULT = 1024 * 1024
export const MAX_PARTS = 100_000

/** @throws TEXT_LIMIT before a text of that length is made */
export function checkLength(length: number): void {
  if (length <= MAX_RESULT) return
  const message = `The 'text' of the result would have ${length} characters: at most ${MAX_RESULT} are made.`
  throw textError('TEXT_LIMIT', message, {
    hint: 'Work on a shorter text.',
    details: { length, limit: MAX_RESULT },
  })
}

/** @throws TEXT_LIMIT past the number of parts that one result holds */
export function checkParts(count: number): void {
  if (count <= MAX_PARTS) return
  const message = `The 'parts' of the result would be more than ${MAX_PARTS}.`
  throw textError('TEXT_LIMIT', message, { hint: 'Split a shorter text, or into larger parts.' })
}
