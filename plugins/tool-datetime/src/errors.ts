import { SpellError, printable } from '@llmspell/sdk'

/** `what` names the input: `value`. */
export function invalid(
  what: string,
  text: string,
  expected: string,
  found: string,
  hint = cureOf(what, text),
): SpellError {
  const message = `The ${what} '${printable(text, 80)}' cannot be used: expected ${expected}, found ${found}.`
  return new SpellError('DATETIME_INVALID', message, { hint, details: { input: what } })
}

/** What reads a text: `from` for a time; nothing else can help the others. */
function cureOf(what: string, text: string): string {
  if (what !== 'value' && what !== 'other') return `Correct the ${what}.`
  if (/^[+-]?\d{9,11}(\.\d+)?$/.test(text))
    return "If it counts seconds, say so: from = 'unix' (--from unix)."
  if (/^[+-]?\d{12,15}$/.test(text))
    return "If it counts ms, say so: from = 'unix_ms' (--from unix_ms)."
  return "Correct it, or say by from how it is to be read, such as from = 'dd.MM.yyyy' (--from dd.MM.yyyy)."
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
