import { readFileSync } from 'node:fs'
import { SpellError } from '@llmspell/sdk'

/**
 * The text of a flag; `-` is all of stdin.
 * @throws FLAG_INVALID for what is no UTF-8 text
 */
export function flagText(flag: string, value: string): string {
  if (value !== '-') return value
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(0))
  } catch (cause) {
    throw new SpellError('FLAG_INVALID', `The value of '--${flag}' is wrong: stdin is no text.`, {
      hint: `Send a JSON object in UTF-8, or write it behind --${flag}.`,
      cause,
    })
  }
}
