import type { ErrorClass, ErrorItem } from '@llmspell/sdk'

/** The codes that the command line itself raises. Those of kernel and plugins come with them. */
export const CLI_ERRORS: readonly ErrorItem[] = [
  {
    name: 'COMMAND_UNKNOWN',
    class: 'usage',
    cause: 'There is no such command.',
    cure: 'Run llmspell --help for the list.',
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
    cure: 'Run llmspell COMMAND --help for the usage.',
  },
  {
    name: 'ARGUMENT_INVALID',
    class: 'usage',
    cause: 'An argument of a command that a plugin brings is none of its choices.',
    cure: 'Choose one of those that the text names.',
  },
  {
    name: 'ARGUMENT_UNEXPECTED',
    class: 'usage',
    cause: 'The command got more arguments than it takes.',
    cure: 'Quote a value that contains spaces.',
  },
  {
    name: 'UPGRADE_FAILED',
    class: 'unavailable',
    cause: 'A new version could not be fetched, or does not run here.',
    cure: 'Run npm view llmspell versions: see that the registry answers and has the version.',
  },
  {
    name: 'VITEST_MISSING',
    class: 'unavailable',
    cause: 'A contract is to be tested, and the project has no vitest or no test kit.',
    cure: 'Run npm install --save-dev vitest @llmspell/sdk beside the plugin.',
  },
  {
    name: 'FILTER_UNKNOWN',
    class: 'input',
    cause: 'A list is to show only what has a name that nothing in it has.',
    cure: 'Correct the name as the hint says.',
  },
  {
    name: 'RUN_AMBIGUOUS',
    class: 'input',
    cause: 'Several runs begin with what was given as the id of one.',
    cure: 'Write more of the id; the message names those meant.',
  },
  {
    name: 'PLUGIN_CHANGED',
    class: 'input',
    cause: 'A plugin of one file that a durable run was started with has changed, or is gone.',
    cure: 'Put the file back, or name what the run goes on with: --plugin FILE.',
  },
  {
    name: 'RUN_NOT_ASKING',
    class: 'input',
    cause: 'An answer was given to a run that has no question open.',
    cure: 'Look at what it waits for with llmspell run show ID.',
  },
  {
    name: 'STATE_NOT_FOUND',
    class: 'input',
    cause: 'There is nothing under that key in that scope.',
    cure: 'Look at what there is with llmspell state list.',
  },
  {
    name: 'STATE_EXPORT_INVALID',
    class: 'input',
    cause: 'A file to import has a line that no export writes, or is cut.',
    cure: 'Give a whole file of llmspell state export.',
  },
  {
    name: 'PLUGIN_NAME_INVALID',
    class: 'usage',
    cause: 'A new plugin was given a name that npm or the kernel does not take.',
    cure: 'Take the name that the hint suggests, or another of small letters, digits and dashes.',
  },
  {
    name: 'FOLDER_NOT_EMPTY',
    class: 'input',
    cause: 'A new plugin was to be written into a folder that has files.',
    cure: 'Name another folder with --folder, or take what is in it aside.',
  },
  {
    name: 'PLUGIN_FOLDER_INVALID',
    class: 'input',
    cause:
      'A folder that is to be a plugin has no package.json with the key llmspell, or a broken one.',
    cure: 'Go to the folder of the plugin, or start one with llmspell plugin new.',
  },
  {
    name: 'VALUE_INVALID',
    class: 'usage',
    cause: 'A value on the command line begins like JSON and is none.',
    cure: 'Correct it, or keep it as text with --text.',
  },
  {
    name: 'TESTS_NOT_FOUND',
    class: 'usage',
    cause: 'There is no test script where some were looked for.',
    cure: 'Name files or folders with scripts such as greet.test.lua.',
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
]

/** Codes of others that the command line raises too, some before it has read a manifest. */
export const BORROWED: Readonly<Record<string, ErrorClass>> = {
  CONFIG_INVALID: 'input',
  MANIFEST_INVALID: 'input',
  PLUGIN_INCOMPATIBLE: 'unavailable',
  PLUGIN_NOT_FOUND: 'input',
  ENGINE_UNKNOWN: 'usage',
  FILE_NOT_FOUND: 'input',
  FILE_UNREADABLE: 'input',
  FILE_UNWRITABLE: 'input',
}
