import type { RestoreMode, RestoreReport } from '../contracts/state-backup.ts'
import type { StateBackend } from '../contracts/state.ts'
import { RANGES } from './keys.ts'
import { follows, requireFit } from './lineage.ts'
import { checkedBackup } from './read-backup.ts'
import { filled, planned, refuseOccupied } from './restore.ts'
import type { RowReads } from './rows.ts'
import type { ServerHome } from './server-rows.ts'

interface Restore {
  readonly source: ReadableStream<Uint8Array>
  readonly mode: RestoreMode
  readonly store: StateBackend
  readonly rows: RowReads
}

/** Checks the whole backup first; then all of it takes the place of what was there, or nothing does. */
export async function restoredInto(
  home: ServerHome,
  { source, mode, store, rows }: Restore,
): Promise<RestoreReport> {
  if (mode === 'verify-only') return planned({ source, store }, rows, () => home.head())
  const spool = await home.spool(source)
  try {
    const manifest = await checkedBackup(spool.read())
    await home.replace(async (old, fresh, head) => {
      requireFit(mode === 'add', await follows(old, head, manifest), manifest)
      if (mode === 'empty-only') await refuseOccupied({ range: (range) => old.pages(range) })
      const kept = mode === 'add' ? old.pages(RANGES.data) : undefined
      return filled({ kept, manifest, spool }, fresh, head)
    })
    return manifest
  } finally {
    await spool.drop()
  }
}
