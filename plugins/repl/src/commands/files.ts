import type { Command } from './command.ts'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SpellError } from '@llmspell/sdk'

const MOST_BYTES = 16 * 1024 * 1024

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
    return ''
  },
}

async function textOf(path: string, file: string): Promise<string> {
  try {
    const bytes = await readFile(path)
    if (bytes.length > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`)
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
