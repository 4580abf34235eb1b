import { SpellError, printable } from '@llmspell/sdk'
import type { FileReadInput } from './generated/input.ts'

type Encoding = FileReadInput['encoding']

/** The bytes are no text of the encoding; `other` is the one that they look like. */
export function binary(
  path: string,
  encoding: Encoding,
  found: string,
  other?: Encoding,
): SpellError {
  const message = `The file '${printable(path)}' is no ${encoding.toUpperCase()} text: found ${found}.`
  const hint =
    other === undefined
      ? "Read it with encoding 'base64', or 'latin1' if it is text of that kind."
      : `Read it with encoding '${other}'.`
  return new SpellError('FILE_BINARY', message, { hint, details: { path: printable(path) } })
}
