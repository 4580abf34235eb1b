import { expiryIn, isWhole } from './envelope.ts'
import { dueOf, dueRow, isOnce, RANGES } from './keys.ts'
import type { RowReads } from './rows.ts'
import type { Stage, Write } from './stage.ts'

const AT_ONCE = 1000
const MOST_COUNTED = 10_000
const NOTHING = Buffer.alloc(0)

/** Whoever makes batches. `needs`: rows that the stage reads. */
export interface Turns {
  readonly rows: RowReads
  add<T>(stage: (stage: Stage) => T, sync: boolean, needs: readonly Buffer[]): Promise<T>
}

/** How much of what is in the index has expired; it counts no further than 10,000. */
export async function expiredIn(rows: RowReads, now: number): Promise<number> {
  let expired = 0
  const range = { gte: RANGES.due.gte, lt: dueRow(Math.max(0, Math.floor(now)) + 1, NOTHING) }
  for await (const [row] of rows.range(range)) {
    const { at, owner } = dueOf(row)
    const envelope = isOnce(owner) ? undefined : await rows.get(owner)
    if (envelope && isWhole(owner, envelope) && expiryIn(envelope) === at) expired++
    if (expired >= MOST_COUNTED) break
  }
  return expired
}

/** Removes what has expired until `now`, the oldest first. */
export async function sweepOnce(writer: Turns, now: number, limit: number): Promise<number> {
  const range = {
    gte: RANGES.due.gte,
    lt: dueRow(Math.max(0, Math.floor(now)) + 1, NOTHING),
  }
  let removed = 0
  let rows: Buffer[] = []
  const flush = async (): Promise<void> => {
    const due = rows
    rows = []
    if (due.length > 0) removed += await removeDue(writer, due)
  }
  for await (const [row] of writer.rows.range(range)) {
    if (removed + rows.length >= limit) break
    rows.push(Buffer.from(row))
    if (rows.length >= AT_ONCE) await flush()
  }
  await flush()
  return removed
}

/** A row of the index may be of an older value: then it goes, and the value stays. */
function removeDue(writer: Turns, due: readonly Buffer[]): Promise<number> {
  const owners = due.map(dueOf)
  const needs = owners.map(({ owner }) => owner)
  const remove = (stage: Stage): number => {
    const expired = owners.filter(({ at, owner }) => stage.expiry(owner) === at)
    const writes = expired.map(({ owner }): Write => ({ row: Buffer.from(owner) }))
    const values = writes.filter(({ row }) => !isOnce(row))
    const marks = [...writes.filter(({ row }) => isOnce(row)), ...due.map((row) => ({ row }))]
    if (values.length > 0) stage.commit(values, marks)
    else stage.drop(marks)
    return values.length
  }
  return writer.add(remove, false, needs)
}
