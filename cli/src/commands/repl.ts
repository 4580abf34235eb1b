import {
  CONFIG,
  engineFlag,
  GRANTS,
  HELP,
  LIMITS,
  MODEL,
  NO_ASK,
  PLUGIN,
  QUIET,
  type CommandSpec,
} from '../flags.ts'
import { define } from '../oclif/command.ts'
import { startRepl } from '../repl/start.ts'

const SPEC: CommandSpec = {
  id: 'repl',
  flags: [
    engineFlag('engine of the config, else lua'),
    MODEL,
    CONFIG,
    PLUGIN,
    { name: 'json', kind: 'switch', summary: 'Print one JSON document a line for each entry' },
    {
      name: 'keep-going',
      kind: 'switch',
      summary: 'Go on behind an entry that failed, where stdin is no terminal',
    },
    {
      name: 'no-history',
      kind: 'switch',
      summary: 'Keep nothing that is typed in the history, and show nothing of it',
    },
    {
      name: 'session',
      kind: 'text',
      value: 'NAME',
      summary: 'Work in the session of this name or id; one that is not there is made',
    },
    QUIET,
    NO_ASK,
    { name: 'seed', kind: 'text', value: 'TEXT', summary: 'Seed of the random numbers' },
    HELP,
    ...GRANTS,
    ...LIMITS,
  ],
  args: [],
}

export const repl = define(
  SPEC,
  {
    summary: 'Try out entries in Lua or JavaScript, one after the other',
    description:
      'What an entry defines is there for the next, agents too. Tab completes, Ctrl-C stops what runs and ' +
      'keeps the session, Ctrl-D leaves; .help shows the commands. The limits of time, calls and output are ' +
      'those of one entry. Without a terminal entries are read from stdin: results go to stdout, errors to ' +
      'stderr, and the first one ends the session with its exit code; with --keep-going the ones behind it ' +
      'are carried out too.',
    examples: [
      {
        description: 'On a terminal',
        command: '<%= config.bin %> repl --model openai/gpt-4o-mini',
      },
      {
        description: 'In JavaScript, with a folder to read',
        command: '<%= config.bin %> repl --engine javascript --allow-read=./data',
      },
      { description: 'From a file', command: '<%= config.bin %> repl < entries.lua' },
      {
        description: 'For a program',
        command: "echo '6 * 7' | <%= config.bin %> repl --json",
      },
    ],
  },
  startRepl,
)
