import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { SpellError } from '@llmspell/sdk'
import { kindOf } from '../regular.ts'

/** A file that is read more than once, which a pipe is not. @throws FILE_UNREADABLE */
export async function openFile(file: string, hint: string): Promise<FileHandle> {
  const { O_RDONLY, O_NONBLOCK } = constants
  const handle = await open(file, O_RDONLY | O_NONBLOCK).catch((cause: unknown) => {
    throw unreadable(file, `${(cause as NodeJS.ErrnoException).code}`, { hint, cause })
  })
  const info = await handle.stat()
  if (info.isFile()) return handle
  await handle.close()
  throw unreadable(file, `it is ${kindOf(info)}`, { hint })
}

function unreadable(
  file: string,
  why: string,
  options: { readonly hint: string; readonly cause?: unknown },
): SpellError {
  return new SpellError('FILE_UNREADABLE', `File '${file}' cannot be read: ${why}.`, options)
}
