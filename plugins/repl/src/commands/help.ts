import { LEAVE } from './command.ts'
import type { Command } from './command.ts'
import { commandOf } from './find.ts'
import { table, wrapped } from './table.ts'

const KEYS =
  'Tab completes, Up and Down go through the history, Ctrl-R searches it. Ctrl-C stops what runs, and leaves when ' +
  'pressed twice; Ctrl-D leaves.'

/** @param commands all of them, this one too */
export function helpOf(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    usage: '[COMMAND]',
    doc: 'Shows the commands, or one of them.',
    words: () => commands().map(({ name }) => name),
    act: ({ session: { columns }, words: [word] }) =>
      word === undefined
        ? all(commands(), columns)
        : pageOf(commandOf(commands(), word.replace(/^\./, '')), columns),
  }
}

export const exit: Command = {
  name: 'exit',
  doc: 'Leaves.',
  act: () => LEAVE,
}

function all(commands: readonly Command[], columns: number): string {
  const rows = commands.map((command) => [headOf(command), command.doc] as const)
  return `${table(rows, columns, 'wrap')}\n${wrapped(KEYS, columns).join('\n')}\n`
}

function pageOf(command: Command, columns: number): string {
  const examples = (command.examples ?? []).map((line) => `  ${line}\n`).join('')
  return `${headOf(command)}\n${wrapped(command.doc, columns).join('\n')}\n${examples}`
}

const headOf = ({ name, usage }: Command): string => `.${name}${usage ? ` ${usage}` : ''}`
