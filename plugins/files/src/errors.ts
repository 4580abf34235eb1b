import { SpellError, isSpellError, printable } from '@llmspell/sdk'

/** One name of a file in texts: quoted, hidden characters escaped. */
const named = (path: string): string => `'${printable(path)}'`

/** What is done to a file. */
export type Done = 'read' | 'written'

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

/** Of a name that may mean either. */
export function nothingThere(path: string, near: string | undefined): SpellError {
  return new SpellError('FILE_NOT_FOUND', `There is no file or folder ${named(path)}.`, {
    hint: near === undefined ? 'Check the name.' : `Did you mean ${named(near)}?`,
    details: { path: printable(path) },
  })
}

export function noFolder(path: string, near: string | undefined): SpellError {
  return new SpellError('FILE_NOT_FOUND', `The folder ${named(path)} does not exist.`, {
    hint: near === undefined ? 'Check the name of the folder.' : `Did you mean ${named(near)}?`,
    details: { path: printable(path) },
  })
}

export function notRegular(
  path: string,
  found: string,
  hint = 'Name a stored file.',
  done: Done = 'read',
): SpellError {
  return new SpellError(
    'FILE_NOT_REGULAR',
    `${named(path)} cannot be ${done}: expected a stored file, found ${found}.`,
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

/** What the operating system said: `ENOENT`. */
export function systemCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
}

export function unwritable(path: string, code: string): SpellError {
  const hint =
    code === 'ENOSPC' || code === 'EDQUOT' ? 'Make room on the disk.' : 'Check its owner and mode.'
  const message = `The file ${named(path)} could not be written: ${code}.`
  return new SpellError('FILE_UNWRITABLE', message, { hint, details: { system: code } })
}

export function exists(path: string): SpellError {
  return new SpellError('FILE_EXISTS', `The file ${named(path)} exists already.`, {
    hint: "Choose another name, or overwrite it with the mode 'replace'.",
    details: { path: printable(path) },
  })
}

export function protectedPath(path: string, rule: string): SpellError {
  const message = `${named(path)} is protected: what is written there can run or decide later (${rule}).`
  return new SpellError('PATH_PROTECTED', message, {
    hint: `Grant exactly this file: --allow-write=${named(path)}`,
    details: { path: printable(path), rule },
  })
}

export function folderMissing(path: string): SpellError {
  return new SpellError('FILE_NOT_FOUND', `The folder of ${named(path)} does not exist.`, {
    hint: 'Make it first, or write with parents.',
    details: { path: printable(path) },
  })
}

export function folderExpected(path: string, found: string): SpellError {
  const message = `${named(path)} cannot be listed: expected a folder, found ${found}.`
  return new SpellError('FOLDER_EXPECTED', message, {
    hint: 'Name the folder that it lies in.',
    details: { path: printable(path) },
  })
}

export function listLimit(path: string, max: number): SpellError {
  const message = `The listing of ${named(path)} is too long: expected at most ${max} entries, found more.`
  return new SpellError('FILES_LIMIT', message, {
    hint: 'List a folder below it, or raise plugins.files.maxEntries.',
    details: { maxEntries: max },
  })
}

export function hardLink(path: string, done: Done): SpellError {
  const hint =
    done === 'read'
      ? 'Copy it, or set plugins.files.hardLinks.'
      : 'Write to another name: what else would change cannot be seen.'
  return notRegular(path, 'a file with a second name (hard link)', hint, done)
}
