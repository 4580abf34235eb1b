import type { ErrorItem } from '@llmspell/sdk'

/** The codes that the command line itself raises. Those of kernel and plugins come with them. */
export const CLI_ERRORS: readonly ErrorItem[] = [
  {
    name: 'COMMAND_UNKNOWN',
    class: 'usage',
    cause: 'There is no such command.',
    cure: 'See the list with: llmspell --help',
  },
  {
    name: 'FLAG_UNKNOWN',
    class: 'usage',
    cause: 'The command does not know the flag.',
    cure: "Correct it, or put what is meant for the script behind '--'.",
  },
  {
    name: 'FLAG_INVALID',
    class: 'usage',
    cause: 'The value of a flag is missing or has the wrong form.',
    cure: 'Write it as the text says.',
  },
  {
    name: 'ARGUMENT_MISSING',
    class: 'usage',
    cause: 'The command needs one more argument.',
    cure: 'See the usage with: llmspell COMMAND --help',
  },
  {
    name: 'ARGUMENT_UNEXPECTED',
    class: 'usage',
    cause: 'The command got more arguments than it takes.',
    cure: 'Quote a value that contains spaces.',
  },
  {
    name: 'ENGINE_UNKNOWN',
    class: 'usage',
    cause: 'No installed engine has that name or takes files with that ending.',
    cure: 'Choose one with --engine.',
  },
  {
    name: 'FILE_NOT_FOUND',
    class: 'input',
    cause: 'A file named on the command line does not exist.',
    cure: 'Correct the path; it starts from the working folder.',
  },
  {
    name: 'FILE_UNREADABLE',
    class: 'input',
    cause: 'A file named on the command line is a folder, no text, or may not be read.',
    cure: 'Name a text file that you may read.',
  },
  {
    name: 'CONFIG_INVALID',
    class: 'input',
    cause: 'The config file is no TOML or JSON, or has a key that is unknown or not allowed there.',
    cure: 'Correct the key that the text names.',
  },
  {
    name: 'OUTPUT_FAILED',
    class: 'unavailable',
    cause: 'stdout or stderr refused what was written to it.',
    cure: 'Look at where the output goes: a full disk, or a closed file.',
  },
  {
    name: 'NODE_TOO_OLD',
    class: 'unavailable',
    cause: 'The Node that was found first is older than 24.',
    cure: 'Install Node 24 or newer, or put it first in PATH.',
  },
  {
    name: 'INTERNAL',
    class: 'internal',
    cause: 'A fault of llmspell or of a plugin.',
    cure: 'Report it with the text of the cause.',
  },
]
