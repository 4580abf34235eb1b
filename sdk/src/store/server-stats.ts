import type { StateStats } from '../contracts/state.ts'
import { FORMAT } from './format.ts'
import type { RowReads } from './rows.ts'
import type { ServerHome } from './server-rows.ts'
import { expiredIn } from './sweep.ts'
import { oldestSeq } from './watch.ts'

export async function statsOf(
  home: ServerHome,
  rows: RowReads,
  { now, snapshots }: { readonly now: number; readonly snapshots: number },
): Promise<StateStats> {
  const [bytes, oldest, { seq }, expired] = await Promise.all([
    home.rows.bytes(),
    oldestSeq(rows),
    home.head(),
    expiredIn(rows, now),
  ])
  return { bytes, seq, oldestSeq: oldest, health: home.health, expired, snapshots, format: FORMAT }
}
