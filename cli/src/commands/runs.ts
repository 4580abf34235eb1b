import { CONFIG, HELP, JSON_FLAG, NO_ASK, QUIET, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { exportRun } from '../runs/export.ts'
import { prune } from '../runs/prune.ts'
import { diffRuns, listRuns, showRun, STATUSES } from '../runs/read.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const ID = { name: 'id', summary: 'Id of the run, or its beginning', required: true }

const LIST: CommandSpec = {
  id: 'run list',
  flags: [
    {
      name: 'status',
      kind: 'text',
      value: 'STATUS',
      options: Object.keys(STATUSES),
      summary: `Only those: ${Object.keys(STATUSES).join(', ')}`,
    },
    { name: 'limit', kind: 'text', value: 'N', summary: 'At most so many (default: 50)' },
    ...FLAGS,
  ],
  args: [],
}
const SHOW: CommandSpec = {
  id: 'run show',
  flags: [
    { name: 'full', kind: 'switch', summary: 'With what each call was asked and gave, whole' },
    ...FLAGS,
  ],
  args: [ID],
}
const EXPORT: CommandSpec = {
  id: 'run export',
  flags: [
    { name: 'out', kind: 'text', value: 'FILE', summary: 'File to write (default: stdout)' },
    { name: 'force', kind: 'switch', summary: 'Replace a file that is there' },
    QUIET,
    ...FLAGS,
  ],
  args: [ID],
}
const DIFF: CommandSpec = {
  id: 'run diff',
  flags: FLAGS,
  args: [
    { ...ID, name: 'a' },
    { name: 'b', summary: 'The other run', required: true },
  ],
}
const PRUNE: CommandSpec = {
  id: 'run prune',
  flags: [
    {
      name: 'older-than',
      kind: 'text',
      value: 'AGE',
      summary: 'Those that ended longer ago: 12h, 30d, 0 (default: 30d)',
    },
    { name: 'yes', char: 'y', kind: 'switch', summary: 'Remove them without a question' },
    NO_ASK,
    ...FLAGS,
  ],
  args: [],
}

const example = (description: string, words: string) => ({
  description,
  command: `<%= config.bin %> run ${words}`,
})

export const runList = define(
  LIST,
  {
    summary: 'List the durable runs, newest first',
    description: 'interrupted: its process is gone, and llmspell run resume goes on with it.',
    examples: [
      example('What is there', 'list'),
      example('What has not come to its end', 'list --status unfinished'),
    ],
  },
  listRuns,
)

export const runShow = define(
  SHOW,
  {
    summary: 'Show a run: facts, and its timeline',
    description:
      'One line for each record of the journal: its number, when it began, a bar over the time of ' +
      'the run, and what happened. Parallel work stands further right.',
    examples: [
      example('By the beginning of its id', 'show 20260301-09'),
      example('With all values', 'show 20260301-09 --full'),
    ],
  },
  showRun,
)

export const runExport = define(
  EXPORT,
  {
    summary: 'Write all that is kept of a run as one JSON document',
    examples: [example('To a file', 'export 20260301-09 --out run.json')],
  },
  exportRun,
)

export const runDiff = define(
  DIFF,
  {
    summary: 'Show where two runs part, and what each took',
    description: 'Exit code 0: they asked for the same and got the same; 1: not.',
    examples: [example('A run and its fork', 'diff 20260301-09 20260301-10')],
  },
  diffRuns,
)

export const runPrune = define(
  PRUNE,
  {
    summary: 'Remove runs that ended long ago',
    description:
      'Shows what would go, and asks on a terminal; elsewhere nothing is removed without --yes. ' +
      'Unfinished runs stay.',
    examples: [
      example('What would go', 'prune --older-than 7d'),
      example('Remove it', 'prune --older-than 7d --yes'),
    ],
  },
  prune,
)
