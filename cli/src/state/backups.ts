import { bytesText, didYouMean, isSpellError, SpellError } from '@llmspell/sdk'
import type { BackupInfo, StateBackups } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import { isOn, text } from '../run/options.ts'
import { progressLine } from '../runs/store.ts'
import { momentText } from '../runs/texts.ts'
import type { Stage } from '../stage.ts'
import { count, duration } from '../units.ts'
import { stateService } from './store.ts'

/** The end of an id tells it from the others; its beginning is the time. */
const endOf = (id: string): string => id.slice(-8)

/** `state backups`: what the folder has. @returns 3 where one is damaged */
export async function listBackups(stage: Stage): Promise<number> {
  const backups = await folder(stage)
  const rows = await backups.list()
  const checks = isOn(stage.parsed, 'check') ? await checked(stage, backups, rows) : undefined
  const ok = !checks || checks.every((each) => each === 'whole')
  if (stage.json) {
    const all = rows.map((row, i) => (checks ? { ...row, checked: checks[i]! } : row))
    out(`${toJson({ ok, folder: backups.folder, backups: all })}\n`)
  } else
    out(`${backupTable(rows, checks)}${rows.length === 0 ? '' : `In ${plain(backups.folder)}\n`}`)
  return ok ? 0 : EXIT_CODES.input
}

/** `state prune`: removes old backups, and none that a kept one follows. */
export async function pruneBackups(stage: Stage): Promise<void> {
  const [keep, age] = [text(stage.parsed, 'keep'), text(stage.parsed, 'older-than')]
  if (keep === undefined) throw needsKeep(age)
  const backups = await folder(stage)
  const removed = await backups.cleanup({
    keep: count('keep', keep),
    ...(age === undefined ? {} : { olderThanMs: duration('older-than', age) }),
  })
  const kept = (await backups.list()).length
  if (stage.json) out(`${toJson({ ok: true, removed, kept })}\n`)
  else out(`${removed.map((id) => `removed '${plain(id)}'\n`).join('')}${kept} backups are kept.\n`)
}

/** The one whose id is, or begins or ends like, what was given. @throws STATE_BACKUP_UNKNOWN */
export async function findBackup(backups: StateBackups, given: string): Promise<BackupInfo> {
  const all = await backups.list()
  const fits = (id: string) => id.startsWith(given) || id.endsWith(`-${given}`)
  const found = given === '' ? [] : all.filter(({ id }) => fits(id))
  if (found.length === 1) return found[0]!
  const ids = (found.length > 1 ? found : all).map(({ id }) => id)
  const expected = found.length > 1 ? `one, found ${found.length}` : 'one in the folder, found none'
  throw new SpellError(
    'STATE_BACKUP_UNKNOWN',
    `There is no backup '${given}': expected ${expected}.`,
    {
      hint: didYouMean(given, ids, 'See them with llmspell state backups.'),
      details: { folder: backups.folder },
    },
  )
}

type Check = 'whole' | 'damaged' | 'incomplete' | 'newer'

async function folder(stage: Stage): Promise<StateBackups> {
  return (await stateService(stage)).backups()
}

async function checked(
  stage: Stage,
  backups: StateBackups,
  rows: readonly BackupInfo[],
): Promise<Check[]> {
  const line = progressLine(stage)
  const checks: Check[] = []
  try {
    for (const { id } of rows) {
      line.report({ who: 'check of the backups', state: 'active', text: id })
      checks.push(await checkOf(backups, id))
    }
  } finally {
    line.clear()
  }
  return checks
}

const CHECKS: Readonly<Record<string, Check>> = {
  STATE_BACKUP_DAMAGED: 'damaged',
  STATE_BACKUP_UNKNOWN: 'incomplete',
  STATE_NEWER: 'newer',
}

/** A missing file, or a missing one that it follows, is `incomplete`. */
async function checkOf(backups: StateBackups, id: string): Promise<Check> {
  try {
    await backups.validate(id)
    return 'whole'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'incomplete'
    const check = isSpellError(error) ? CHECKS[error.code] : undefined
    if (!check) throw error
    return check
  }
}

function backupTable(rows: readonly BackupInfo[], checks: readonly Check[] | undefined): string {
  if (rows.length === 0) return 'There are no backups.\n'
  const cells = rows.map(({ id, createdAt, follows, entries, size, reason }, i) => [
    endOf(id),
    momentText(createdAt),
    follows === undefined ? 'whole' : `behind ${endOf(follows)}`,
    `${entries}`,
    bytesText(size),
    checks ? checks[i]! : reason,
  ])
  const head = ['ID', 'WHEN (UTC)', 'WHAT', 'ENTRIES', 'SIZE', checks ? 'CHECKED' : 'WHY']
  return table(head, cells, painter(process.stdout.isTTY))
}

function needsKeep(age: string | undefined): SpellError {
  return new SpellError('FLAG_INVALID', "Flag '--keep' is missing: expected how many stay.", {
    hint: `Write it as: --keep=5${age === undefined ? '' : ` --older-than=${age}`}`,
  })
}
