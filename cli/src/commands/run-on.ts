import {
  CONFIG,
  GRANTS,
  HELP,
  JSON_FLAG,
  PLUGIN,
  MODEL,
  NO_ASK,
  QUIET,
  type CommandSpec,
} from '../flags.ts'
import { define } from '../oclif/command.ts'
import { EVENTS, ON_UNKNOWN, RUN_ID, WAIT } from '../runs/flags.ts'
import { fork } from '../runs/fork.ts'
import { replay } from '../runs/replay.ts'
import { resume } from '../runs/resume.ts'
import { answerRun, cancel, signal } from '../runs/send.ts'

const FLAGS = [JSON_FLAG, CONFIG, PLUGIN, HELP]
const GOING = [EVENTS, QUIET, NO_ASK, ON_UNKNOWN, WAIT, ...FLAGS]
const ID = { name: 'id', summary: 'Id of the run, or its beginning', required: true }

const DECIDE = {
  name: 'decide',
  kind: 'each',
  value: 'PATH=WORD',
  summary: 'What is known of a step: done:JSON, failed:TEXT, retry, skip; once for each step',
} as const

const RESUME: CommandSpec = {
  id: 'run resume',
  flags: [
    DECIDE,
    {
      name: 'script',
      kind: 'text',
      value: 'FILE',
      summary: 'Another text of the script; it must ask for what the journal holds',
    },
    { name: 'all', kind: 'switch', summary: 'Every run that can go on by itself' },
    ...GOING,
    ...GRANTS,
  ],
  args: [{ ...ID, required: false }],
}
const REPLAY: CommandSpec = {
  id: 'run replay',
  flags: [
    {
      name: 'until',
      kind: 'text',
      value: 'N|MARK',
      summary: 'Stop behind this record, or behind the mark of this name',
    },
    QUIET,
    ...FLAGS,
  ],
  args: [ID],
}
const FORK: CommandSpec = {
  id: 'run fork',
  flags: [
    {
      name: 'at',
      kind: 'text',
      value: 'N|MARK',
      summary: 'The last record that the new run keeps (default: all)',
    },
    { ...MODEL, summary: 'Model of agents that name none, from there on' },
    RUN_ID,
    { name: 'hold', kind: 'switch', summary: 'Make the new run and do not go on with it' },
    DECIDE,
    ...GOING,
    ...GRANTS,
  ],
  args: [ID],
}
const SIGNAL: CommandSpec = {
  id: 'run signal',
  flags: [
    {
      name: 'signal-id',
      kind: 'text',
      value: 'TEXT',
      summary: 'The same twice counts once (default: a new one)',
    },
    ...FLAGS,
  ],
  args: [
    ID,
    { name: 'name', summary: 'Name of the signal', required: true },
    { name: 'value', summary: 'Its value as JSON; what is no JSON is text (default: null)' },
  ],
}
const ANSWER: CommandSpec = {
  id: 'run answer',
  flags: FLAGS,
  args: [ID, { name: 'value', summary: 'The answer: a choice, or text', required: true }],
}
const CANCEL: CommandSpec = {
  id: 'run cancel',
  flags: [
    { name: 'reason', kind: 'text', value: 'TEXT', summary: 'Noted in the journal' },
    ...FLAGS,
    ...GRANTS,
  ],
  args: [ID],
}

const example = (description: string, words: string) => ({
  description,
  command: `<%= config.bin %> run ${words}`,
})

export const runResume = define(
  RESUME,
  {
    summary: 'Go on with a durable run',
    description:
      'Finished calls are answered by the journal; what was under way runs again, unless it may ' +
      'have changed something: such a step is asked about on a terminal, and decided with ' +
      '--decide or --on-unknown elsewhere. Flags that grant take the place of those the run was ' +
      'started with. Exit code 75: it waits, and was left again.',
    examples: [
      example('Go on', 'resume 20260301-09'),
      example(
        'A mail that was sent is not sent again',
        "resume 20260301-09 --decide 'main/Tool.execute#3=done:true'",
      ),
      example('All that are due, from a scheduler', 'resume --all --json'),
    ],
  },
  resume,
)

export const runReplay = define(
  REPLAY,
  {
    summary: 'Run again from the journal alone',
    description:
      'Nothing is executed, no model is asked. stdout has what the script printed; stderr says ' +
      'whether it asked for what was recorded. Exit code 1: it did not.',
    examples: [
      example('See it again', 'replay 20260301-09'),
      example('Up to a record', 'replay 20260301-09 --until 12'),
    ],
  },
  replay,
)

export const runFork = define(
  FORK,
  {
    summary: 'Go on from the middle of a run, as a new run',
    description:
      'The journal answers up to the record; the rest is carried out anew. Flags that grant take ' +
      'the place of those the run was started with.',
    examples: [
      example(
        'The same beginning, another model',
        'fork 20260301-09 --at 12 --model openai/gpt-4o-mini',
      ),
    ],
  },
  fork,
)

export const runSignal = define(
  SIGNAL,
  {
    summary: 'Send a signal to a run',
    examples: [example('What it waits for', `signal 20260301-09 approve '{"ok":true}'`)],
  },
  signal,
)

export const runAnswer = define(
  ANSWER,
  {
    summary: 'Answer the question that a run waits with',
    examples: [example('With one of its choices', 'answer 20260301-09 yes')],
  },
  answerRun,
)

export const runCancel = define(
  CANCEL,
  {
    summary: 'Cancel a run for good',
    examples: [example('It is not needed any more', 'cancel 20260301-09 --reason "out of date"')],
  },
  cancel,
)
