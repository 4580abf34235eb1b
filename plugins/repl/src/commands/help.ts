import { LEAVE } from './command.ts'
import type { Command } from './command.ts'
import { commandOf } from './find.ts'

const KEYS = `Tab completes, Up and Down go through the history, Ctrl-R searches it.
Ctrl-C stops what runs, and leaves when pressed twice; Ctrl-D leaves.
`

/** @param commands all of them, this one too */
export function helpOf(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    usage: '[COMMAND]',
    doc: 'Shows the commands, or one of them.',
    words: () => commands().map(({ name }) => name),
    act: ({ words: [word] }) =>
      word === undefined
        ? `${commands().map(rowOf).join('')}${KEYS}`
        : pageOf(commandOf(commands(), word.replace(/^\./, ''))),
  }
}

export const exit: Command = {
  name: 'exit',
  doc: 'Leaves.',
  act: () => LEAVE,
}

const rowOf = (command: Command): string => `${headOf(command).padEnd(26)} ${command.doc}\n`

function pageOf(command: Command): string {
  const examples = (command.examples ?? []).map((line) => `  ${line}\n`).join('')
  return `${headOf(command)}\n${command.doc}\n${examples}`
}

const headOf = ({ name, usage }: Command): string => `.${name}${usage ? ` ${usage}` : ''}`
