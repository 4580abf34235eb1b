import { isSpellError, SpellError } from '@llmspell/sdk'

const HINTS: Readonly<Record<string, string>> = {
  TIMEOUT: 'Do less in one program, or give a longer timeout.',
  MEMORY_LIMIT: 'Keep less at a time: a program has 64 MiB.',
  OUTPUT_LIMIT: 'Print less: a program may print 64 KiB.',
}

/** A failure of a program as its model reads it: with the line, and with a step that a model can take. */
export function asTold(error: unknown): unknown {
  if (!isSpellError(error)) return error
  const { code, message, where, details, hint } = error
  const at = where ? ` At line ${where.line} of the program.` : ''
  return new SpellError(code, `${sentence(message)}${at}`, {
    hint: HINTS[code] ?? hint,
    where,
    details,
    cause: error,
  })
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
