import { readFileSync } from 'node:fs'
import { SpellError } from '@llmspell/sdk'

let taken: string | undefined

/**
 * The text of a flag or parameter; `-` is all of stdin, which one of them can have.
 * @throws FLAG_INVALID for what is no UTF-8 text, and for a second `-`
 */
export function stdinText(name: string, value: string): string {
  if (value !== '-') return value
  if (taken !== undefined) throw twice(taken, name)
  taken = name
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(0))
  } catch (cause) {
    throw new SpellError('FLAG_INVALID', `The value of '--${name}' is wrong: stdin is no text.`, {
      hint: `Send text in UTF-8, or write it behind --${name}.`,
      cause,
    })
  }
}

function twice(first: string, second: string): SpellError {
  const text = `Flags '--${first}' and '--${second}' cannot both be '-': stdin is there once.`
  return new SpellError('FLAG_INVALID', text, { hint: 'Write the value of one of them out.' })
}
