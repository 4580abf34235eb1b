import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { Out } from './queue.ts'

const { O_WRONLY, O_APPEND, O_CREAT } = constants
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0
/** A pipe that nobody reads is refused instead of waited for. */
const O_NONBLOCK = constants.O_NONBLOCK ?? 0
const OWN = 0o600

/** A file that is added to; only its user may read it. @throws LOG_UNWRITABLE */
export async function fileOut(path: string): Promise<Out> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK
    const file = await ownFile(await open(path, flags, OWN))
    return {
      write: (text) => file.appendFile(text),
      close: () => file.close(),
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const text = `The log file '${path}' cannot be written: ${code ?? message}.`
    const hint = 'Correct plugins.hook-logging.file, or leave it out to log to stderr.'
    throw new SpellError('LOG_UNWRITABLE', text, { hint, cause: error })
  }
}

/** It may have been there before, open to others. */
async function ownFile(file: FileHandle): Promise<FileHandle> {
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new Error('it is no regular file')
    if ((stats.mode & 0o777) !== OWN) await file.chmod(OWN)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The error stream of the process; a reader that is slow holds nobody up but the queue. */
export function streamOut(stream: NodeJS.WritableStream): Out {
  return {
    write: (text) =>
      new Promise((resolve, reject) =>
        stream.write(text, (error) => (error ? reject(error) : resolve())),
      ),
    close: async () => {},
  }
}
