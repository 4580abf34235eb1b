import {
  CONFIG,
  HELP,
  JSON_FLAG,
  NO_ASK,
  QUIET,
  type CommandSpec,
  type FlagSpec,
} from '../flags.ts'
import { define } from '../oclif/command.ts'
import type { Body } from '../stage.ts'
import { backupState } from '../state/backup.ts'
import { listBackups, pruneBackups } from '../state/backups.ts'
import { doctorState } from '../state/doctor.ts'
import { migrateState } from '../state/migrate.ts'
import { restoreState } from '../state/restore.ts'

const FLAGS = [QUIET, JSON_FLAG, CONFIG, HELP]
const flag = (name: string, summary: string): FlagSpec => ({ name, kind: 'switch', summary })
const valued = (name: string, value: string, summary: string): FlagSpec => ({
  name,
  kind: 'text',
  value,
  summary,
})

interface Words {
  readonly summary: string
  readonly description?: string
  readonly examples: readonly (readonly [description: string, words: string])[]
}

function command(words: string, spec: Omit<CommandSpec, 'id'>, text: Words, body: Body) {
  const id = `state ${words}`
  const examples = text.examples.map(([description, rest]) => ({
    description,
    command: `<%= config.bin %> state ${rest}`,
  }))
  return define({ ...spec, id, flags: [...spec.flags, ...FLAGS] }, { ...text, examples }, body)
}

export const stateBackup = command(
  'backup',
  {
    flags: [
      flag('incremental', 'Only what changed behind the newest one'),
      flag('force', 'Replace a file that is there'),
    ],
    args: [{ name: 'file', summary: 'Name of the file (default: one in the folder of backups)' }],
  },
  {
    summary: 'Write all of the store into one file, with a checksum',
    description: 'As it is at one moment, runs and sessions included; others may go on with it.',
    examples: [
      ['To a file', 'backup monday.bak'],
      ['Beside the others, what is new', 'backup --incremental'],
    ],
  },
  backupState,
)

export const stateBackups = command(
  'backups',
  { flags: [flag('check', 'Read each to its end against its checksum')], args: [] },
  {
    summary: 'List the folder of backups, newest first',
    description:
      'An increment shows the end of the id that it follows. With --check the exit code is 3 where one cannot be restored.',
    examples: [
      ['All', 'backups'],
      ['And whether they are whole', 'backups --check'],
    ],
  },
  listBackups,
)

export const statePrune = command(
  'prune',
  {
    flags: [
      valued('keep', 'N', 'So many of the newest stay (always needed)'),
      valued('older-than', '30d', 'Only those that are older'),
    ],
    args: [],
  },
  {
    summary: 'Remove old backups from the folder',
    description: 'What a kept one follows is kept.',
    examples: [['All but five', 'prune --keep 5']],
  },
  pruneBackups,
)

export const stateRestore = command(
  'restore',
  {
    flags: [
      { ...flag('yes', 'Restore it without a question'), char: 'y' },
      flag('dry-run', 'Show what would happen, and change nothing'),
      NO_ASK,
    ],
    args: [
      { name: 'backup', summary: 'A file, or an id of the folder of backups', required: true },
    ],
  },
  {
    summary: 'Put a backup in the place of what is in the store',
    description:
      'Checks the backup and all that it follows, shows what would happen, and asks on a terminal; ' +
      'elsewhere it needs --yes. What was there is kept in the folder of backups.',
    examples: [
      ['See what would happen', 'restore monday.bak --dry-run'],
      ['Do it', 'restore monday.bak --yes'],
      ['By the end of an id', 'restore 1f0c93ab --yes'],
    ],
  },
  restoreState,
)

export const stateMigrate = command(
  'migrate',
  {
    flags: [
      valued('to', 'VERSION', 'To this version, also back (default: the newest)'),
      flag('dry-run', 'Count what would change, and change nothing'),
      flag('no-backup', 'Make no backup first'),
    ],
    args: [{ name: 'data', summary: 'Which data: KIND/SCHEMA (default: all)' }],
  },
  {
    summary: 'Bring what is kept to the newest form of its data',
    description: 'A backup comes first; where it fails the old data counts.',
    examples: [
      ['See what would change', 'migrate --dry-run'],
      ['One back', 'migrate custom/orders --to 1'],
    ],
  },
  migrateState,
)

export const stateDoctor = command(
  'doctor',
  { flags: [], args: [] },
  {
    summary: 'Check the store, and say what to do',
    description: 'Reads everything against its checksums. Exit code 3 where something is wrong.',
    examples: [['Check it', 'doctor']],
  },
  doctorState,
)
