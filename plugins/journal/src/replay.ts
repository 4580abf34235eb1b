import type { JournalRecord, ReplayReport, RunId } from '@llmspell/sdk'
import { around } from './difference.ts'
import { encodeRecord, hashBehind } from './encode.ts'
import type { LifeEnd } from './ending.ts'
import { dropped } from './errors.ts'
import { Life } from './life.ts'
import { load } from './load.ts'
import { outcomeIn } from './outcome.ts'
import type { Runs } from './runs.ts'

/** Characters of a record that differs. */
const SHOWN = 2_000

type Difference = NonNullable<ReplayReport['difference']>

/** Runs a definition again, answered by its journal alone. */
export async function replay(
  runs: Runs,
  id: RunId,
  { until, signal }: { readonly until?: number; readonly signal?: AbortSignal },
): Promise<ReplayReport> {
  await runs.committer.flush()
  const stored = await runs.known(id)
  const loaded = await load(runs.store, stored)
  const recorded = loaded.records.filter(({ n }) => until === undefined || n <= until)
  const log = runs.log(stored, {})
  const life = new Life(runs.lent, { mode: 'replay', log, records: recorded })
  signal?.addEventListener('abort', () => life.stop(dropped(id, 'replayed no further')))
  const end = await life.run()
  const { records, difference } = compared(life, recorded)
  const found = difference ?? mismatchOf(end)
  const outcome = await outcomeIn(runs, id)
  const identical = !found && records.length === recorded.length
  return { outcome, records, identical, ...(found && { difference: found }) }
}

function compared(life: Life, recorded: readonly JournalRecord[]) {
  const records: JournalRecord[] = []
  let prev = ''
  for (const [i, body] of life.turns.regenerated.entries()) {
    const old = recorded[i]!
    const record = { ...body, v: 1, n: old.n, at: old.at, prev } as JournalRecord
    const [before, after] = [encodeRecord(old), encodeRecord(record)]
    records.push(record)
    prev = hashBehind(record, after.hash)
    if (after.hash === before.hash) continue
    const texts = around(text(before.bytes), text(after.bytes), SHOWN)
    return { records, difference: { n: old.n, path: old.path, ...texts } }
  }
  return { records, difference: undefined }
}

/** A record without its checksum. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString().slice(9)
}

function mismatchOf(end: LifeEnd): Difference | undefined {
  if (end.as !== 'stopped' || end.error.code !== 'REPLAY_MISMATCH') return undefined
  const { n, path, expected, found } = end.error.details as unknown as Difference
  return { n, path, expected, found }
}
