import type { BackupManifest, RestoreMode, RestoreReport } from '../contracts/state-backup.ts'
import type { StateBackend } from '../contracts/state.ts'
import { SpellError } from '../errors.ts'
import { encodeChange, hashOf } from './change-log.ts'
import { expiryIn, isWhole, revOf } from './envelope.ts'
import { markFormat } from './format.ts'
import { changeRow, dueRow, RANGES } from './keys.ts'
import { follows, followsOp, nameOp, requireFit } from './lineage.ts'
import { checkedBackup, rowsOfBackup } from './read-backup.ts'
import type { BackupRow } from './read-backup.ts'
import { RestorePlanner } from './restore-plan.ts'
import type { Head, Row, RowHome, RowOp, RowReads, Rows, RowWrites, Spool } from './rows.ts'
import type { Writer } from './writer.ts'

const AT_ONCE = 1000

interface Restore {
  readonly source: ReadableStream<Uint8Array>
  readonly mode: RestoreMode
  readonly store: StateBackend
  readonly writer: Writer
  readonly home: RowHome
}

interface Filling {
  readonly kept: AsyncIterable<Row> | undefined
  readonly manifest: BackupManifest
  readonly spool: Spool
}

/** Checks the whole backup first; then all of it takes the place of what was there, or nothing does. */
export async function restored(restore: Restore): Promise<RestoreReport> {
  const { source, mode, writer, home } = restore
  if (mode === 'verify-only') return planned(restore, writer.rows, () => writer.refresh())
  const spool = await home.spool(source)
  try {
    const manifest = await checkedBackup(spool.read())
    await writer.alone(async () => {
      const fits = await follows(writer.rows, writer.head, manifest)
      requireFit(mode === 'add', fits, manifest)
      if (mode === 'empty-only') await refuseOccupied(writer.rows)
      await replaced(restore, manifest, spool)
    })
    return manifest
  } finally {
    await spool.drop()
  }
}

/** What a restore would do. @param last the last change, at its end */
export async function planned(
  { source, store }: Pick<Restore, 'source' | 'store'>,
  rows: RowReads,
  last: () => Head | Promise<Head>,
): Promise<RestoreReport> {
  const planner = new RestorePlanner(store)
  const manifest = await checkedBackup(source, (row) => planner.visit(row))
  let held = 0
  for await (const _ of rows.range(RANGES.data)) held++
  const fits = await follows(rows, await last(), manifest)
  return { ...manifest, plan: planner.plan(manifest, held, fits) }
}

export async function refuseOccupied(rows: Pick<RowReads, 'range'>): Promise<void> {
  for await (const _ of rows.range(RANGES.data))
    throw new SpellError('STATE_NOT_EMPTY', "The store is not empty: expected 'no entries'.", {
      hint: "Take a backup of it, then restore with the mode 'replace'.",
    })
}

async function replaced(
  { mode, writer, home }: Restore,
  manifest: BackupManifest,
  spool: Spool,
): Promise<void> {
  const held = mode === 'add' ? writer.rows.view() : undefined
  const old = writer.rows
  let head = writer.head
  try {
    const fill = async (rows: Rows): Promise<Head> => {
      const kept = held && old.range({ ...RANGES.data, view: held })
      return (head = await filled({ kept, manifest, spool }, rows, writer.head))
    }
    writer.rows = await home.replace(fill)
    writer.head = head
  } finally {
    await held?.close()
  }
}

/** Writes what stays of the old rows, then the backup. @param last the last change before */
export async function filled(
  { kept, manifest, spool }: Filling,
  rows: RowWrites,
  last: Head,
): Promise<Head> {
  const old = kept ? await filledFrom(rowsOf(kept), rows) : 0n
  const highest = await filledFrom(rowsOfBackup(spool.read()), rows)
  return begun(rows, last, old > highest ? old : highest, manifest)
}

async function* rowsOf(rows: AsyncIterable<Row>): AsyncGenerator<BackupRow> {
  for await (const [key, envelope] of rows) yield { key, envelope }
}

/** The highest revision that was written. */
async function filledFrom(source: AsyncIterable<BackupRow>, rows: RowWrites): Promise<bigint> {
  const ops: RowOp[] = []
  let highest = 0n
  for await (const { key, envelope } of source) {
    ops.push(envelope ? { type: 'put', key, value: envelope } : { type: 'del', key })
    if (envelope && isWhole(key, envelope)) {
      const expiry = expiryIn(envelope)
      if (expiry !== undefined)
        ops.push({ type: 'put', key: dueRow(expiry, key), value: Buffer.alloc(0) })
      if (revOf(envelope) > highest) highest = revOf(envelope)
    }
    if (ops.length >= AT_ONCE) await rows.write(ops.splice(0), false)
  }
  await rows.write(ops, false)
  return highest
}

/** The log begins anew, beyond all that anybody has seen: each watcher gets a reset. */
async function begun(
  rows: RowWrites,
  last: Head,
  highest: bigint,
  { mark }: BackupManifest,
): Promise<Head> {
  const seq = (highest > last.seq ? highest : last.seq) + 2n
  const change = encodeChange(last.hash, [])
  await markFormat(rows, seq)
  const log: RowOp = { type: 'put', key: changeRow(seq), value: change }
  await rows.write([nameOp(), followsOp(mark, seq), log], true)
  return { seq, hash: hashOf(change) }
}
