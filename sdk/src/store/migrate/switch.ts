import type { MigrationWay } from '../../contracts/migration.ts'
import type { StateBackend } from '../../contracts/state.ts'
import { isSpellError, SpellError } from '../../errors.ts'
import { cancelled } from './beside.ts'
import { formOf, madeAgain, Meanwhile } from './meanwhile.ts'
import { workOp } from './registry.ts'
import type { Work } from './registry.ts'

const MOST_TRIES = 100

/**
 * One key makes the new versions count, in a commit that is refused where anything was changed that they were not made
 * of. Undefined where it is no longer known what was changed: nothing was switched.
 *
 * @throws STATE_CONFLICT, STATE_MIGRATION_FAILED, CANCELLED
 */
export async function switched(
  store: StateBackend,
  start: Work,
  transform: MigrationWay,
  signal: AbortSignal | undefined,
): Promise<Work | undefined> {
  const meanwhile = new Meanwhile(store, start)
  let work = start
  try {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (signal?.aborted) throw cancelled(work.name)
      const { seq } = await store.commit([workOp(work)])
      const changed = await meanwhile.until(seq)
      if (!changed) return undefined
      if (changed.length > 0) work = await madeAgain(store, work, transform, changed)
      else if (await counted(store, work, seq)) return work
    }
  } finally {
    await meanwhile.close()
  }
  throw changedMeanwhile(work.name)
}

/** False where somebody was faster. */
async function counted(store: StateBackend, work: Work, since: bigint): Promise<boolean> {
  const next: Work = { ...work, phase: 'clearing', at: String(since) }
  const unchanged = { select: formOf(work), since }
  try {
    await store.commit([workOp(next)], { durability: 'sync', unchanged })
    return true
  } catch (error) {
    if (isSpellError(error) && error.code === 'STATE_CONFLICT') return false
    throw error
  }
}

export function changedMeanwhile(name: string): SpellError {
  return new SpellError(
    'STATE_CONFLICT',
    `The data '${name}' was changed while it was migrated: expected it at rest, found changes without an end.`,
    { hint: 'Begin it again when fewer write it. The old data counts, and nothing is lost.' },
  )
}
