import { SpellError, printable } from '@llmspell/sdk'

export function unknownProgram(name: string): SpellError {
  const message = `There is no program '${printable(name)}' in the folders that are searched.`
  return new SpellError('PROGRAM_UNKNOWN', message, {
    hint: /\s/.test(name)
      ? 'Give the name alone as program, and its arguments one by one as args.'
      : 'Correct the name, or install the program.',
  })
}

export function noFolder(shown: string, found: string): SpellError {
  const message = `The folder '${printable(shown)}' cannot be the folder of a command: it ${found}.`
  return new SpellError('COMMAND_FOLDER', message, { hint: 'Name a folder of the project.' })
}

export function variableRefused(name: string, why: string): SpellError {
  const message = `The variable '${printable(name)}' cannot be given to a command: it ${why}.`
  return new SpellError('COMMAND_VARIABLE', message, { hint: 'Leave it out.' })
}
