import { SpellError, isSpellError, printable } from '@llmspell/sdk'

const named = (name: string): string => `'${printable(name)}'`

/** The bytes do not keep the rules of the format. */
export function damaged(path: string, found: string): SpellError {
  return new SpellError(
    'ARCHIVE_DAMAGED',
    `The archive ${named(path)} is damaged: found ${printable(found)}.`,
    { hint: 'Get it again from where it came.', details: { path: printable(path) } },
  )
}

/** Whatever a library threw as damage; an error of ours stays what it is. */
export function asDamage(path: string, error: unknown): SpellError {
  if (isSpellError(error)) return error
  return damaged(path, error instanceof Error ? error.message : String(error))
}

/** @throws the reason of an aborted signal, as CANCELLED where that is no error of ours */
export function checkSignal(signal: AbortSignal, path: string): void {
  if (!signal.aborted) return
  if (isSpellError(signal.reason)) throw signal.reason
  const message = `The work on the archive ${named(path)} was cancelled.`
  throw new SpellError('CANCELLED', message, { cause: signal.reason })
}

export function refused(path: string, entry: string, why: string): SpellError {
  const message = `The archive ${named(path)} is not extracted: its entry ${named(entry)} ${why}.`
  return new SpellError('ARCHIVE_UNSAFE', message, {
    hint: 'Look at it with the operation list, or choose other entries by the input entries.',
    details: { path: printable(path), entry: printable(entry) },
  })
}

export function unsupported(path: string, what: string, hint: string): SpellError {
  const message = `The archive ${named(path)} cannot be read: ${what}.`
  return new SpellError('ARCHIVE_UNSUPPORTED', message, {
    hint,
    details: { path: printable(path) },
  })
}

export function overLimit(path: string, expected: string, found: string, key: string): SpellError {
  const message = `The archive ${named(path)} is more than is taken: expected at most ${expected}, found ${found}.`
  return new SpellError('ARCHIVE_LIMIT', message, {
    hint: `If it can be trusted, raise plugins.tool-archive.${key}.`,
    details: { path: printable(path), limit: key },
  })
}

export function changed(path: string): SpellError {
  const message = `The file ${named(path)} changed its length while it was put into the archive.`
  return new SpellError('ARCHIVE_SOURCE_CHANGED', message, { hint: 'Try it again.' })
}
