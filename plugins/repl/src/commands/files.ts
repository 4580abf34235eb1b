import type { Command } from './command.ts'
import { constants, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { errorOf } from '../entry.ts'

const MOST_BYTES = 16 * 1024 * 1024
/** A pipe that nobody writes to must not stop who opens it. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

export const load: Command = {
  name: 'load',
  usage: 'FILE',
  doc: 'Runs the text of a script in this session.',
  examples: ['.load prelude.lua'],
  async act({ session, show, words: [file], signal }) {
    if (file === undefined) throw missing('.load')
    const text = await textOf(resolve(session.options.root ?? process.cwd(), file), file)
    const entry = await session.evaluate(text, signal, { file, line: 1 })
    if (!entry) throw unfinished(file, text)
    show.entry(entry)
    const failure = errorOf(entry)
    return failure ? { failure } : ''
  },
}

async function textOf(path: string, file: string): Promise<string> {
  try {
    const bytes = await bytesOf(path)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^#![^\n]*/, '')
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'it does not exist'
        : String((cause as Error).message)
    throw new SpellError('REPL_FILE', `The file '${file}' cannot be read: ${why}.`, {
      hint: 'Paths start from the working folder.',
      cause,
    })
  }
}

/** No more than a script may have, whatever the file says of its size. */
async function bytesOf(path: string): Promise<Uint8Array> {
  await using file = await open(path, FLAGS)
  if (!(await file.stat()).isFile()) throw new Error('it is no file')
  const bytes = Buffer.alloc(Math.min((await file.stat()).size, MOST_BYTES) + 1)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length)
    if (bytesRead === 0) return bytes.subarray(0, length)
    length += bytesRead
  }
  throw new Error(length > MOST_BYTES ? `it has more than ${MOST_BYTES} bytes` : 'it is growing')
}

function unfinished(file: string, text: string): SpellError {
  const lines = text.trimEnd().split('\n')
  return new SpellError('SCRIPT_SYNTAX', `The script '${file}' ends in the middle of something.`, {
    where: { file, line: lines.length, column: lines.at(-1)!.length + 1 },
    hint: 'Close what is open: a block, a bracket or a text.',
  })
}

function missing(command: string): SpellError {
  return new SpellError('REPL_USAGE', `'${command}' needs FILE.`, {
    hint: `See: .help ${command.slice(1)}`,
  })
}
