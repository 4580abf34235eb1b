import { CONFIG, HELP, JSON_FLAG, QUIET, type CommandSpec, type FlagSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { exportState } from '../state/export.ts'
import { importState } from '../state/import.ts'
import { EXISTING } from '../state/import-store.ts'
import { getState, listState } from '../state/read.ts'
import { deleteState, setState } from '../state/write.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const scope = (otherwise: string): FlagSpec => ({
  name: 'scope',
  char: 's',
  kind: 'text',
  value: 'SCOPE',
  summary: `Where: global, agent:NAME, session:ID, or a word of your own (default: ${otherwise})`,
})
const SCOPE = scope('global')
const EVERY = scope('all')
const FORCE: FlagSpec = { name: 'force', kind: 'switch', summary: 'Replace a file that is there' }
const KEY = { name: 'key', summary: 'Name of the value', required: true }
const PREFIX = { name: 'prefix', summary: 'Only keys that begin like this' }
const FILE = { name: 'file', summary: 'Name of the file', required: true }

const GET: CommandSpec = {
  id: 'state get',
  flags: [
    SCOPE,
    { name: 'reveal', kind: 'switch', summary: 'Also what looks like a secret' },
    QUIET,
    ...FLAGS,
  ],
  args: [KEY],
}
const SET: CommandSpec = {
  id: 'state set',
  flags: [
    SCOPE,
    { name: 'ttl', kind: 'text', value: '1h', summary: 'Gone after this time' },
    { name: 'new', kind: 'switch', summary: 'Only where there is nothing yet' },
    { name: 'text', kind: 'switch', summary: 'Keep the value as text, also where it is JSON' },
    ...FLAGS,
  ],
  args: [KEY, { name: 'value', summary: 'JSON or text; - reads it from stdin', required: true }],
}
const LIST: CommandSpec = {
  id: 'state list',
  flags: [
    EVERY,
    { name: 'limit', kind: 'text', value: 'N', summary: 'At most so many (default: 50)' },
    QUIET,
    ...FLAGS,
  ],
  args: [PREFIX],
}
const DELETE: CommandSpec = { id: 'state delete', flags: [SCOPE, ...FLAGS], args: [KEY] }
const EXPORT: CommandSpec = {
  id: 'state export',
  flags: [
    EVERY,
    { name: 'out', kind: 'text', value: 'FILE', summary: 'File to write (default: stdout)' },
    FORCE,
    QUIET,
    ...FLAGS,
  ],
  args: [PREFIX],
}
const IMPORT: CommandSpec = {
  id: 'state import',
  flags: [
    {
      name: 'existing',
      kind: 'text',
      value: EXISTING.join('|'),
      options: EXISTING,
      summary: 'What to do with a key that is there (default: refuse the file)',
    },
    { name: 'dry-run', kind: 'switch', summary: 'Check the file and change nothing' },
    QUIET,
    ...FLAGS,
  ],
  args: [FILE],
}
const example = (description: string, words: string) => ({
  description,
  command: `<%= config.bin %> state ${words}`,
})

export const stateGet = define(
  GET,
  {
    summary: 'Print a value that scripts have kept',
    description: 'Text as it is, bytes as they are, and JSON for the rest.',
    examples: [
      example('A value of all', 'get colour'),
      example('One of an agent', 'get mood --scope agent:clerk'),
    ],
  },
  getState,
)

export const stateSet = define(
  SET,
  {
    summary: 'Keep a value for scripts',
    description:
      'It goes the way of a script: hooks see it, and a policy can refuse it. What is JSON is ' +
      'kept as what it says, all else as text.',
    examples: [
      example('A number', 'set limit 20'),
      example('For an hour, for one agent', 'set mood \'"calm"\' --ttl 1h --scope agent:clerk'),
    ],
  },
  setState,
)

export const stateList = define(
  LIST,
  {
    summary: 'List what scripts have kept',
    examples: [example('All', 'list'), example('Of one scope, by prefix', 'list user: -s global')],
  },
  listState,
)

export const stateDelete = define(
  DELETE,
  {
    summary: 'Remove a value that scripts have kept',
    examples: [example('One of all', 'delete colour')],
  },
  deleteState,
)

export const stateExport = define(
  EXPORT,
  {
    summary: 'Write what scripts have kept as JSON Lines',
    description:
      'Whole: bytes, time to live and schema come back with import. So do secrets that somebody ' +
      'kept: the file is for its owner alone. Runs are not in it; a backup has everything.',
    examples: [example('To a file', 'export --out state.jsonl')],
  },
  exportState,
)

export const stateImport = define(
  IMPORT,
  {
    summary: 'Take in what an export wrote',
    description: 'The file is checked to its end before anything is written.',
    examples: [
      example('See what would come', 'import state.jsonl --dry-run'),
      example('Put it in the place of what is there', 'import state.jsonl --existing=replace'),
    ],
  },
  importState,
)
