import type { FlagSpec } from '../flags.ts'

const GROUP = 'DURABLE'

export const ON_UNKNOWN: FlagSpec = {
  name: 'on-unknown',
  kind: 'text',
  value: 'ask|retry|skip|fail',
  options: ['ask', 'retry', 'skip', 'fail'],
  summary: 'What becomes of a step that may or may not have happened (default: ask)',
  group: GROUP,
}
export const WAIT: FlagSpec = {
  name: 'wait',
  kind: 'text',
  value: 'DURATION',
  summary:
    'Leave the run in its journal when it waits for longer: 0, 30s, 5m (default: never on a terminal; ' +
    'else at once for a signal, and for a sleep of more than a minute)',
  group: GROUP,
}
export const RUN_ID: FlagSpec = {
  name: 'run-id',
  kind: 'text',
  value: 'ID',
  summary: 'Id of the run (default: made from the time)',
  group: GROUP,
}
export const EVENTS: FlagSpec = {
  name: 'events',
  kind: 'switch',
  summary: 'With --json: a JSON line for each event as it comes; the document is the last line',
}

/** How a run survives its process. */
export const DURABLE: readonly FlagSpec[] = [
  {
    name: 'durable',
    kind: 'switch',
    summary: 'Journal every call, so that the run goes on after a kill: llmspell run resume',
    group: GROUP,
  },
  RUN_ID,
  {
    name: 'durability',
    kind: 'text',
    value: 'sync|os',
    options: ['sync', 'os'],
    summary: 'What it survives: sync: a loss of power (default); os: a kill of the process',
    group: GROUP,
  },
  ON_UNKNOWN,
  WAIT,
]

/** Words behind `run` that are commands; a script of such a name runs as `./resume`. */
export const RUN_VERBS = [
  'resume',
  'replay',
  'fork',
  'diff',
  'list',
  'show',
  'export',
  'prune',
  'signal',
  'answer',
  'cancel',
] as const

export function isRunVerb(word: string | undefined): boolean {
  return RUN_VERBS.some((verb) => verb === word)
}
