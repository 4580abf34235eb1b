import { hash, randomUUID } from 'node:crypto'
import type { BackupManifest, BackupOptions } from '../contracts/state-backup.ts'
import { SpellError } from '../errors.ts'
import { hashOf, NO_CHANGE } from './change-log.ts'
import { changeRow, FOLLOWS_ROW, STORE_ROW } from './keys.ts'
import type { Head, RowOp, RowReads, RowView } from './rows.ts'
import type { Stage } from './stage.ts'
import type { Turns } from './sweep.ts'

/**
 * The mark of a backup: names the content of one store at one change, as far as it was selected.
 *
 * @param content text that no other content has, such as the id of a store and the number of its change
 */
export function markOf(content: string, select: BackupOptions['select']): string {
  const selected = select === undefined ? '' : JSON.stringify([select].flat())
  return hash('sha256', `${content}\n${selected}`)
}

/** The mark of these rows at a change. Undefined where it is not known what they held then. */
export async function markAt(
  rows: RowReads,
  seq: bigint,
  select: BackupOptions['select'],
  view?: RowView,
): Promise<string | undefined> {
  const store = await rows.get(STORE_ROW, view)
  const change = await rows.get(changeRow(seq), view)
  const known = change ? hashOf(change) : seq === 0n ? NO_CHANGE.hash : undefined
  if (!store || !known) return undefined
  return markOf(`${store.toString()} ${known.toString('hex')}`, select)
}

/** Rows without a name of their own get one; where nothing can be written, a backup has no mark. */
export async function nameStore(writer: Turns): Promise<void> {
  if (await writer.rows.get(STORE_ROW)) return
  const name = (stage: Stage): void => {
    // Somebody else may have given it one meanwhile, and taken a backup under it.
    if (!stage.has(STORE_ROW)) stage.note(nameOp())
  }
  await writer.add(name, false, [STORE_ROW]).catch(() => undefined)
}

export function nameOp(): Extract<RowOp, { type: 'put' }> {
  return { type: 'put', key: STORE_ROW, value: Buffer.from(randomUUID()) }
}

export function followsOp(mark: string | undefined, seq: bigint): RowOp {
  if (mark === undefined) return { type: 'del', key: FOLLOWS_ROW }
  return { type: 'put', key: FOLLOWS_ROW, value: Buffer.from(`${mark} ${seq}`) }
}

/** Whether an increment follows what is there: it was restored last, and nothing was changed since. */
export async function follows(
  rows: RowReads,
  head: Head,
  { base }: BackupManifest,
): Promise<boolean> {
  const restored = (await rows.get(FOLLOWS_ROW))?.toString()
  return base !== undefined && restored === `${base} ${head.seq}`
}

/** @throws STATE_BACKUP_MISFIT */
export function requireFit(add: boolean, fits: boolean, { since }: BackupManifest): void {
  if (add !== (since !== undefined))
    throw misfit(
      add ? 'an increment' : 'a whole backup',
      add ? 'a whole backup' : 'an increment',
      add ? "Restore it with the mode 'replace'." : 'Restore the whole backup first, then add it.',
    )
  if (!add || fits) return
  throw misfit(
    'a store that holds what the increment follows',
    'another content',
    'Restore the whole backup that it follows, then add each increment in its order.',
  )
}

function misfit(expected: string, found: string, hint: string): SpellError {
  const text = `The backup does not fit: expected ${expected}, found ${found}.`
  return new SpellError('STATE_BACKUP_MISFIT', text, { hint })
}

/** STATE_SINCE_LOST: the log of changes does not reach back so far. */
export function sinceLost(since: bigint, oldest: bigint): SpellError {
  return new SpellError(
    'STATE_SINCE_LOST',
    `There is no increment behind change ${since}: expected one that the log still has, found ${oldest} as the oldest.`,
    { hint: 'Take a whole backup.', details: { since: String(since), oldest: String(oldest) } },
  )
}
