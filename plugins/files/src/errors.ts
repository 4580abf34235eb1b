import { SpellError, isSpellError, printable } from '@llmspell/sdk'

/** One name of a file in texts: quoted, hidden characters escaped. */
const named = (path: string): string => `'${printable(path)}'`

export function pathInvalid(path: string, expected: string, found: string): SpellError {
  return new SpellError(
    'PATH_INVALID',
    `The path ${named(path)} is no name of a file: expected ${expected}, found ${found}.`,
    { hint: 'Write a plain path such as docs/notes.txt, relative to the folder of the run.' },
  )
}

export function notFound(path: string, near: string | undefined): SpellError {
  return new SpellError('FILE_NOT_FOUND', `The file ${named(path)} does not exist.`, {
    hint: near === undefined ? 'Check the name of the file.' : `Did you mean ${named(near)}?`,
    details: { path: printable(path) },
  })
}

export function notRegular(path: string, found: string, hint = 'Name a stored file.'): SpellError {
  return new SpellError(
    'FILE_NOT_REGULAR',
    `${named(path)} cannot be read: expected a stored file, found ${found}.`,
    { hint, details: { path: printable(path) } },
  )
}

export function tooLarge(path: string, max: number, found: string): SpellError {
  return new SpellError(
    'FILE_TOO_LARGE',
    `The file ${named(path)} is too large: expected at most ${max} bytes, found ${found}.`,
    { hint: 'Read a part of it, or raise plugins.files.maxBytes.', details: { maxBytes: max } },
  )
}

/** The code of the operating system is kept; its text is not, because it has paths of the host. */
export function unreadable(path: string, code: string): SpellError {
  return new SpellError('FILE_UNREADABLE', `The file ${named(path)} could not be read: ${code}.`, {
    hint: code === 'EACCES' ? 'Check its owner and mode.' : 'Look at the disk and its limits.',
    details: { system: code },
  })
}

/** @throws the reason of the signal, if it is aborted */
export function checkSignal(signal: AbortSignal | undefined, path: string): void {
  if (!signal?.aborted) return
  if (isSpellError(signal.reason)) throw signal.reason
  throw new SpellError('CANCELLED', `Reading ${named(path)} was cancelled.`, {
    cause: signal.reason,
  })
}
