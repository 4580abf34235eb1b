import type { SpellError, StateManager } from '@llmspell/sdk'
import { SpellError as Failure } from '@llmspell/sdk'
import { entriesText } from '../print/counted.ts'
import { momentText } from '../runs/texts.ts'
import type { Stage } from '../stage.ts'
import { manifestJson, manifestText } from './backup.ts'
import { findBackup } from './backups.ts'
import { during, isFile, pieces } from './restore-read.ts'
import type { RestoreSource } from './restore-source.ts'

const WHO = 'state restore'

/** A backup for the place of a store that is damaged: that one is set aside. */
export function anewSource(
  stage: Stage,
  state: StateManager,
  given: string,
  damage: SpellError,
): Promise<RestoreSource> {
  const work = { stage, state, given, damage }
  return isFile(given).then((file) => (file ? fromFile(work) : fromFolder(work)))
}

interface Work {
  readonly stage: Stage
  readonly state: StateManager
  readonly given: string
  readonly damage: SpellError
}

async function fromFolder({ stage, state, given, damage }: Work): Promise<RestoreSource> {
  const backups = await state.backups()
  const found = await findBackup(backups, given)
  if (found.select) throw part(found.id)
  const info = await during(stage, 'check of the backup', () => backups.validate(found.id))
  const fill = async (anew: StateManager) =>
    (await anew.backups()).restore(info.id, { before: false })
  return {
    name: info.id,
    about: `${entriesText(info.entries)} of ${momentText(info.createdAt)} UTC`,
    facts: { backup: info },
    damage,
    restore: () => during(stage, WHO, () => state.renew(fill)),
  }
}

async function fromFile({ stage, state, given, damage }: Work): Promise<RestoreSource> {
  const { checkedBackup } = await import('@llmspell/sdk/store')
  const manifest = await during(stage, 'check of the backup', (tell) =>
    checkedBackup(pieces(given, tell)),
  )
  const fill = (tell: (text: string) => void) => async (anew: StateManager) =>
    (await anew.backend()).restore(ReadableStream.from(pieces(given, tell)), { mode: 'replace' })
  return {
    name: given,
    about: manifestText(manifest),
    facts: { backup: manifestJson(manifest) },
    damage,
    restore: () => during(stage, WHO, (tell) => state.renew(fill(tell))),
  }
}

function part(id: string): Failure {
  return new Failure(
    'STATE_BACKUP_MISFIT',
    `'${id}' is a part: expected a whole backup in the place of a damaged store.`,
    { hint: 'Restore a whole backup first, then this one.' },
  )
}
