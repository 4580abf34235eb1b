import { CONFIG, GRANTS, HELP, JSON_FLAG, type CommandSpec, type FlagSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import {
  acting,
  createSession,
  deleteSession,
  listSessions,
  replaySession,
  sessionArtifacts,
  showSession,
  tagSession,
} from '../session/acts.ts'
import { exportSession, importSession } from '../session/file.ts'
import type { Body } from '../stage.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const STATUSES = ['active', 'suspended', 'completed', 'failed']
const ID = { name: 'id', summary: 'Id of the session, its beginning, or its name', required: true }
const FORCE = { name: 'force', kind: 'switch', summary: 'Replace a file that is there' } as const
const TAG: FlagSpec = { name: 'tag', kind: 'list', value: 'TAGS', summary: 'With all these tags' }

interface Words {
  readonly summary: string
  readonly description?: string
  readonly examples: readonly (readonly [description: string, words: string])[]
}

function command(verb: string, spec: Omit<CommandSpec, 'id'>, words: Words, body: Body) {
  const examples = words.examples.map(([description, rest]) => ({
    description,
    command: `<%= config.bin %> session ${rest}`,
  }))
  const id = `session ${verb}`
  return define({ ...spec, id, flags: [...spec.flags, ...FLAGS] }, { ...words, examples }, body)
}

export const sessionList = command(
  'list',
  {
    flags: [
      {
        name: 'status',
        kind: 'text',
        value: 'STATUS',
        options: STATUSES,
        summary: `Only those: ${STATUSES.join(', ')}`,
      },
      TAG,
      { name: 'limit', kind: 'text', value: 'N', summary: 'At most so many (default: 50)' },
    ],
    args: [],
  },
  {
    summary: 'List the sessions, newest first',
    examples: [['What failed', 'list --status failed']],
  },
  listSessions,
)

export const sessionShow = command(
  'show',
  { flags: [], args: [ID] },
  {
    summary: 'Show what is known of a session',
    examples: [['By the beginning of its id', 'show session-4f']],
  },
  showSession,
)

export const sessionCreate = command(
  'create',
  {
    flags: [TAG, { name: 'description', kind: 'text', value: 'TEXT', summary: 'What it is about' }],
    args: [{ name: 'name', summary: 'Name for people' }],
  },
  {
    summary: 'Make a session and print its id',
    examples: [['With two tags', 'create letters --tag post,draft']],
  },
  createSession,
)

export const sessionTag = command(
  'tag',
  {
    flags: [{ name: 'remove', kind: 'switch', summary: 'Take the tags away' }],
    args: [ID, { name: 'tag', summary: 'A tag; more may follow', required: true }],
    rest: 'TAGS',
  },
  {
    summary: 'Tag a session',
    examples: [
      ['Add two', 'tag session-4f post done'],
      ['Take one away', 'tag --remove session-4f draft'],
    ],
  },
  tagSession,
)

export const sessionSave = command(
  'save',
  { flags: [], args: [ID] },
  {
    summary: 'Note that a session is as it is, and tell the hooks of it',
    examples: [['Save one', 'save session-4f']],
  },
  acting('save'),
)

export const sessionSuspend = command(
  'suspend',
  { flags: [], args: [ID] },
  { summary: 'Put a session aside', examples: [['Put one aside', 'suspend session-4f']] },
  acting('suspend'),
)

export const sessionResume = command(
  'resume',
  { flags: [], args: [ID] },
  {
    summary: 'Go on with a session that was put aside or has failed',
    examples: [['Go on with one', 'resume session-4f']],
  },
  acting('resume'),
)

export const sessionComplete = command(
  'complete',
  { flags: [], args: [ID] },
  { summary: 'End a session for good', examples: [['End one', 'complete session-4f']] },
  acting('complete'),
)

export const sessionReplay = command(
  'replay',
  {
    flags: [
      {
        name: 'mode',
        kind: 'text',
        value: 'MODE',
        options: ['exact', 'modified', 'simulate'],
        summary: 'exact: journals answer; modified: ask anew; simulate: tell what (default: exact)',
      },
      { name: 'model', kind: 'text', value: 'PROVIDER/MODEL', summary: 'Ask this model anew' },
      {
        name: 'change',
        kind: 'list',
        value: 'NAMES',
        summary: 'Ask these steps anew: model, a tool, Artifact.save',
      },
      { name: 'timeout', kind: 'text', value: '5m', summary: 'At most so long (default: 5m)' },
      { name: 'stop-on-error', kind: 'switch', summary: 'Not beyond the first run that fails' },
      { name: 'no-compare', kind: 'switch', summary: 'Do not compare what comes of it' },
      ...GRANTS,
    ],
    args: [ID],
  },
  {
    summary: 'Run the durable runs of a session again',
    description:
      'exact: answered by their journals alone. modified: what is named is asked anew, and all behind it, in new runs with the ' +
      'rights of this command line. simulate: tells what that would be. Exit code 1: something differs.',
    examples: [
      ['Offline', 'replay session-4f'],
      ['With another model', 'replay session-4f --mode modified --model mock/demo'],
    ],
  },
  replaySession,
)

export const sessionExport = command(
  'export',
  {
    flags: [FORCE],
    args: [ID, { name: 'file', summary: 'File to write; - writes to stdout', required: true }],
  },
  {
    summary: 'Write a session with all that belongs to it into one file',
    description: 'Rights and secrets stay here. The same session gives the same bytes.',
    examples: [['To a file', 'export session-4f letters.session']],
  },
  exportSession,
)

export const sessionImport = command(
  'import',
  {
    flags: [{ name: 'as', kind: 'text', value: 'ID', summary: 'Keep it under this id' }],
    args: [{ name: 'file', summary: 'File that session export has written', required: true }],
  },
  {
    summary: 'Take a session from a file',
    description:
      'The whole file is checked first. An id that is taken is refused; a run that is here already has to be the same.',
    examples: [['Under another id', 'import letters.session --as letters-2']],
  },
  importSession,
)

export const sessionDelete = command(
  'delete',
  {
    flags: [
      {
        name: 'yes',
        char: 'y',
        kind: 'switch',
        summary: 'Ask nothing; also where a run of it still waits',
      },
    ],
    args: [ID],
  },
  {
    summary: 'Remove a session with its state and its artifacts',
    description:
      'On a terminal it asks first; elsewhere a run of it that still waits needs --yes. Runs stay.',
    examples: [['Remove one', 'delete session-4f']],
  },
  deleteSession,
)

export const sessionArtifactList = command(
  'artifacts',
  { flags: [], args: [ID] },
  {
    summary: 'List the artifacts of a session',
    examples: [['By number', 'artifacts session-4f']],
  },
  sessionArtifacts,
)
