import { entriesText } from '../print/counted.ts'
import { isSpellError, SpellError } from '@llmspell/sdk'
import type {
  BackupInfo,
  RestoreMode,
  RestorePlan,
  RestoreReport,
  StateBackups,
  StateManager,
} from '@llmspell/sdk'
import { momentText } from '../runs/texts.ts'
import type { Stage } from '../stage.ts'
import { manifestJson, manifestText } from './backup.ts'
import { findBackup } from './backups.ts'
import { anewSource } from './restore-anew.ts'
import { during, isFile, pieces } from './restore-read.ts'
import { stateService } from './store.ts'

export interface Restored {
  /** Id of the backup of what was there. */
  readonly before?: string
  /** Where the damaged store lies. */
  readonly aside?: string
}

/** A backup that was read to its end, and what it would do. */
export interface RestoreSource {
  readonly name: string
  /** For people. */
  readonly about: string
  /** For programs. */
  readonly facts: object
  /** Missing where the store is damaged: nobody knows what is in it. */
  readonly plan?: RestorePlan
  readonly damage?: SpellError
  /** Does it. */
  readonly restore: () => Promise<Restored>
}

/** A file, or what the folder of backups has under that id. @throws STATE_BACKUP_UNKNOWN, STATE_BACKUP_DAMAGED */
export async function restoreSource(stage: Stage, given: string): Promise<RestoreSource> {
  const state = await stateService(stage)
  const damage = await state.damage()
  if (damage) return anewSource(stage, state, given, damage)
  try {
    return await wholeSource(stage, state, given)
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'STATE_DAMAGED') throw error
    return anewSource(stage, state, given, error)
  }
}

async function wholeSource(
  stage: Stage,
  state: StateManager,
  given: string,
): Promise<RestoreSource> {
  if (await isFile(given)) return fromFile(stage, state, given)
  const backups = await state.backups()
  return fromFolder(stage, backups, await findBackup(backups, given))
}

async function fromFolder(
  stage: Stage,
  backups: StateBackups,
  info: BackupInfo,
): Promise<RestoreSource> {
  const { id, createdAt, follows } = info
  const work = (dryRun: boolean) =>
    during(stage, dryRun ? 'check of the backup' : 'state restore', () =>
      backups.restore(id, { dryRun }),
    )
  const { plan } = await work(true)
  const whole = follows === undefined ? '' : ', with all that it follows'
  return {
    name: id,
    about: `${entriesText(plan.entries)} of ${momentText(createdAt)} UTC${whole}`,
    facts: { backup: info },
    plan,
    restore: async () => {
      const { before } = await work(false)
      return before ? { before: before.id } : {}
    },
  }
}

async function fromFile(stage: Stage, state: StateManager, file: string): Promise<RestoreSource> {
  const { plan, ...manifest } = await reading(stage, state, file, 'verify-only')
  const [mode] = plan!.modes
  if (!mode) throw misfit(file)
  return {
    name: file,
    about: manifestText(manifest),
    facts: { backup: manifestJson(manifest) },
    plan: plan!,
    restore: () => keeping(state, plan!.held, () => reading(stage, state, file, mode)),
  }
}

/** What is there is kept first, and comes back where the new cannot be used. */
async function keeping(
  state: StateManager,
  held: number,
  restore: () => Promise<unknown>,
): Promise<{ readonly before?: string }> {
  if (held === 0) {
    await restore()
    return {}
  }
  const backups = await state.backups()
  const { id } = await backups.create({ reason: 'restore' })
  try {
    await restore()
  } catch (error) {
    if (isSpellError(error) && error.code === 'STATE_SEALED') await backups.restore(id)
    throw error
  }
  return { before: id }
}

async function reading(
  stage: Stage,
  state: StateManager,
  file: string,
  mode: RestoreMode,
): Promise<RestoreReport> {
  const store = await state.backend()
  const who = mode === 'verify-only' ? 'check of the backup' : 'state restore'
  return await during(stage, who, (tell) =>
    store.restore(ReadableStream.from(pieces(file, tell)), { mode }),
  )
}

function misfit(file: string): SpellError {
  return new SpellError(
    'STATE_BACKUP_MISFIT',
    `'${file}' is an increment: expected a store that holds what it follows, found another.`,
    { hint: 'Restore the whole backup that it follows first, or name it by its id.' },
  )
}
