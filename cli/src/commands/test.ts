import {
  CONFIG,
  GRANTS,
  HELP,
  LIMITS,
  MODEL,
  PLUGIN,
  QUIET,
  type CommandSpec,
  type FlagSpec,
} from '../flags.ts'
import { define } from '../oclif/command.ts'
import { runTests } from '../suite/run.ts'

const FLAGS: readonly FlagSpec[] = [
  {
    name: 'record',
    kind: 'switch',
    summary: 'Ask models what no cassette has, keep it, drop the rest',
  },
  { name: 'update', char: 'u', kind: 'switch', summary: 'Ask models all anew' },
  { name: 'filter', kind: 'text', value: 'TEXT', summary: 'Only cases with this in their name' },
  { name: 'bail', kind: 'switch', summary: 'Stop at the first case that fails' },
  { name: 'concurrency', kind: 'text', value: 'N', summary: 'Scripts at a time (default: 1)' },
  {
    name: 'user-store',
    kind: 'switch',
    summary: 'Use your own state, sessions and artifacts (default: empty ones of each script)',
  },
  { name: 'json', kind: 'switch', summary: 'Print one JSON object a line, as each case ends' },
  { name: 'seed', kind: 'text', value: 'TEXT', summary: 'Seed of the random numbers of each run' },
]

const SPEC: CommandSpec = {
  id: 'test',
  flags: [...FLAGS, MODEL, CONFIG, PLUGIN, QUIET, HELP, ...GRANTS, ...LIMITS],
  args: [{ name: 'path', summary: 'Test script, or folder with some (default: this folder)' }],
  rest: 'PATH …',
}

export const test = define(
  SPEC,
  {
    summary: 'Run test scripts with models that answer from cassettes',
    description:
      'Runs *.test.lua, *.test.js and *.test.ts, each as a run of its own. What models answer comes from ' +
      '__cassettes__ beside them, without a key or a network. State, sessions and artifacts are empty in each script ' +
      'and go with it. What is not there, has changed or is not asked ' +
      'for fails; --record asks for what is missing and takes out what a whole script did not ask for. Exit ' +
      'code 1: a case failed; 3: there is none.',
    examples: [
      {
        description: 'Run those below a folder',
        command: '<%= config.bin %> test examples/tests --allow-read=examples/tests',
      },
      {
        description: 'Only some cases, for a program',
        command: '<%= config.bin %> test examples/tests/haiku.test.js --filter lines --json',
      },
    ],
  },
  runTests,
)
