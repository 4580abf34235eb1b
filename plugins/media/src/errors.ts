import { SpellError } from '@llmspell/sdk'
import type { Claim } from './facts.ts'

/** MEDIA_MISMATCH: the content is not what its name or its sender says. */
export function mismatch({ mime, by }: Claim, found: string): SpellError {
  return new SpellError(
    'MEDIA_MISMATCH',
    `The content is not what ${by} says: expected ${mime}, found ${found}.`,
    { hint: 'Give it the right name or type, or leave the type out.', details: { mime, found } },
  )
}

/** MEDIA_TOO_LARGE for one content. @param found bytes, or undefined where only the limit is known to be passed */
export function tooLarge(
  what: string,
  max: number,
  found: number | undefined,
  hint = 'Take a smaller one.',
): SpellError {
  const size = found === undefined ? 'more' : `${found}`
  return new SpellError(
    'MEDIA_TOO_LARGE',
    `${what} is too large: expected at most ${max} bytes, found ${size}.`,
    { hint, details: { max, ...(found === undefined ? {} : { bytes: found }) } },
  )
}

/** MEDIA_UNAVAILABLE: an address answered with a failure. */
export function unavailable(url: string, status: number): SpellError {
  return new SpellError(
    'MEDIA_UNAVAILABLE',
    `The address '${url}' gave no content: expected status 200, found ${status}.`,
    { hint: 'Check the address.', details: { url, status } },
  )
}

/** INPUT_INVALID for what is no content at all. */
export function invalid(what: string, expected: string, found: string, hint: string): SpellError {
  return new SpellError('INPUT_INVALID', `${what}: expected ${expected}, found ${found}.`, { hint })
}
