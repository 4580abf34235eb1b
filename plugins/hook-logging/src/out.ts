import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { Out } from './queue.ts'

const { O_WRONLY, O_APPEND, O_CREAT } = constants
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0

/** A file that is added to; only its user may read it. @throws LOG_UNWRITABLE */
export async function fileOut(path: string): Promise<Out> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
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
