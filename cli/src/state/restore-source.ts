import { entriesText } from '../print/counted.ts'
import { stat, type FileHandle } from 'node:fs/promises'
import { bytesText, isSpellError, SpellError } from '@llmspell/sdk'
import type {
  BackupInfo,
  RestoreMode,
  RestorePlan,
  RestoreReport,
  StateBackups,
  StateManager,
} from '@llmspell/sdk'
import { progressLine } from '../runs/store.ts'
import { momentText } from '../runs/texts.ts'
import type { Stage } from '../stage.ts'
import { manifestJson, manifestText } from './backup.ts'
import { findBackup } from './backups.ts'
import { openFile } from './file.ts'
import { stateManager } from './store.ts'

const HINT = 'Name a file that llmspell state backup wrote, or an id of llmspell state backups.'

/** A backup that was read to its end, and what it would do. */
export interface RestoreSource {
  readonly name: string
  /** For people. */
  readonly about: string
  /** For programs. */
  readonly facts: object
  readonly plan: RestorePlan
  /** Does it; the id of the backup of what was there. */
  readonly restore: () => Promise<{ readonly before?: string }>
}

/** A file, or what the folder of backups has under that id. @throws STATE_BACKUP_UNKNOWN, STATE_BACKUP_DAMAGED */
export async function restoreSource(stage: Stage, given: string): Promise<RestoreSource> {
  const state = await stateManager(stage)
  if (/[./\\]/.test(given) || (await exists(given))) return fromFile(stage, state, given)
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
  await using handle = await openFile(file, HINT)
  const who = mode === 'verify-only' ? 'check of the backup' : 'state restore'
  return await during(stage, who, (tell) =>
    store.restore(ReadableStream.from(counted(handle, tell)), { mode }),
  )
}

async function* counted(
  handle: FileHandle,
  tell: (text: string) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of handle.createReadStream({ autoClose: false })) {
    bytes += (piece as Uint8Array).byteLength
    tell(bytesText(bytes))
    yield piece as Uint8Array
  }
}

async function during<T>(
  stage: Stage,
  who: string,
  work: (tell: (text: string) => void) => Promise<T>,
): Promise<T> {
  const line = progressLine(stage)
  line.report({ who, state: 'started' })
  return work((text) => line.report({ who, state: 'active', text })).finally(() => line.clear())
}

function exists(name: string): Promise<boolean> {
  return stat(name).then(
    () => true,
    () => false,
  )
}

function misfit(file: string): SpellError {
  return new SpellError(
    'STATE_BACKUP_MISFIT',
    `'${file}' is an increment: expected a store that holds what it follows, found another.`,
    { hint: 'Restore the whole backup that it follows first, or name it by its id.' },
  )
}
