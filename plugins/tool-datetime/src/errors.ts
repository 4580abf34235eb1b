import { SpellError, printable } from '@llmspell/sdk'

/** `what` names the input: `value`. */
export function invalid(
  what: string,
  text: string,
  expected: string,
  found: string,
  hint = 'Correct it, or say by from how it is to be read.',
): SpellError {
  const message = `The ${what} '${printable(text, 80)}' cannot be used: expected ${expected}, found ${found}.`
  return new SpellError('DATETIME_INVALID', message, { hint, details: { input: what } })
}

export function unknownZone(name: string, hint: string): SpellError {
  const message = `The zone '${printable(name, 64)}' is not known: expected a name of the IANA list or UTC+2, found another.`
  return new SpellError('DATETIME_ZONE', message, { hint })
}

export function outOfRange(what: string): SpellError {
  const message = `The ${what} is too far away: expected a time in the years 1 to 9999, found one outside.`
  return new SpellError('DATETIME_RANGE', message, {
    hint: 'Use a smaller amount or a nearer time.',
  })
}
