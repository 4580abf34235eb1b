import { EXEC, RUN } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { bodyOf } from '../run/start.ts'

const REST = `Flags of llmspell may stand before or behind the script. Other words are the
script's: ARGS[1], and --key value is ARGS.key. What follows -- is the
script's in any case.`

export const run = define(
  RUN,
  {
    summary: 'Run a script',
    description: `A script can compute and print; all else must be granted by --allow flags.
What it prints goes to stdout, then its value: text as it is, anything else
as JSON. It runs in this process; --isolation=worker puts it into a thread
that can be ended.

${REST}`,
    examples: [
      { description: 'Run a script', command: '<%= config.bin %> run hello.lua' },
      {
        description: 'Let it read one folder, and hand it an argument',
        command: '<%= config.bin %> run report.lua --allow-read=./data --topic cats',
      },
      {
        description: 'Ask a real model (the key comes from OPENAI_API_KEY)',
        command: '<%= config.bin %> run poem.lua --model openai/gpt-4o-mini',
      },
      {
        description: 'One JSON document for programs, at most ten seconds',
        command: '<%= config.bin %> run hello.lua --json --max-time=10s',
      },
    ],
  },
  bodyOf(RUN),
)

export const exec = define(
  EXEC,
  {
    summary: 'Run a script given as text',
    description: `The engine is lua unless --engine or the config says another.\n\n${REST}`,
    examples: [
      { description: 'Compute', command: "<%= config.bin %> exec 'return 6 * 7'" },
      {
        description: 'The same in JavaScript',
        command: "<%= config.bin %> exec -e javascript 'return 6 * 7'",
      },
      {
        description: 'Ask the model',
        command: `<%= config.bin %> exec 'return Agent.create{}:execute(ARGS[1]).text' "What is a spell?"`,
      },
    ],
  },
  bodyOf(EXEC),
)
