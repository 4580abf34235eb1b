import type { BackupManifest, Selector } from '../contracts/state.ts'
import { SpellError } from '../errors.ts'
import { expiryIn, isWhole, revOf } from './envelope.ts'
import { backupDamaged, damagedEntry } from './errors.ts'
import { FRAME, frameOf, framesIn, FrameSink, rowFrame, rowIn } from './frames.ts'
import { dueRow, placeOf, selectedRange, selects } from './keys.ts'
import type { Row, RowOp, Rows, RowView } from './rows.ts'

const AT_ONCE = 1000

export interface BackupPlan {
  readonly view: RowView
  readonly seq: bigint
  readonly now: number
  readonly select: Selector | undefined
  readonly signal: AbortSignal | undefined
}

/** Everything that is live in a view, as frames with a trailer. @throws STATE_DAMAGED, CANCELLED */
export async function backupTo(
  rows: Rows,
  stream: WritableStream<Uint8Array>,
  plan: BackupPlan,
): Promise<BackupManifest> {
  const sink = new FrameSink(stream)
  try {
    const start = { format: 1 as const, createdAt: plan.now, seq: String(plan.seq) }
    await sink.add(frameOf(FRAME.head, Buffer.from(JSON.stringify(start))))
    let entries = 0
    for await (const row of liveRows(rows, plan)) {
      await sink.add(rowFrame(row))
      entries++
    }
    const manifest = { ...start, entries, sha256: sink.digest() }
    await sink.add(frameOf(FRAME.trailer, Buffer.from(JSON.stringify(manifest))))
    await sink.close()
    return manifest
  } catch (error) {
    await sink.abort(error)
    throw error
  }
}

async function* liveRows(rows: Rows, plan: BackupPlan): AsyncGenerator<Row> {
  const { view, now, select = {}, signal } = plan
  for await (const row of rows.range({ ...selectedRange(select), view })) {
    if (signal?.aborted) throw cancelled()
    const [key, envelope] = row
    const place = placeOf(key)
    if (!place || !selects(select, place)) continue
    if (!isWhole(key, envelope)) throw damagedEntry(place.scope, place.key, 'a wrong checksum')
    if ((expiryIn(envelope) ?? Infinity) > now) yield row
  }
}

function cancelled(): SpellError {
  return new SpellError('CANCELLED', "The work 'backup' was cancelled.", {
    hint: 'Begin it again: nothing of it can be used.',
  })
}

/** Reads a backup to its end and finds it whole. @throws STATE_BACKUP_DAMAGED, STATE_NEWER */
export async function checkedBackup(source: AsyncIterable<Uint8Array>): Promise<BackupManifest> {
  let entries = 0
  let first = true
  let manifest: BackupManifest | undefined
  for await (const { sort, body, before } of framesIn(source)) {
    if (manifest) throw backupDamaged('bytes behind the trailer')
    if (first !== (sort === FRAME.head)) throw backupDamaged('frames out of order')
    first = false
    if (sort === FRAME.head) checkFormat(body)
    else if (sort === FRAME.row) entries += checkRow(body)
    else manifest = trailerOf(body, entries, before)
  }
  if (!manifest) throw backupDamaged('no trailer')
  return manifest
}

function checkFormat(body: Buffer): void {
  const { format } = jsonIn(body) as Partial<BackupManifest>
  if (format === 1) return
  throw new SpellError(
    'STATE_NEWER',
    `The backup has another format: expected '1', found '${String(format)}'.`,
    { hint: 'Restore it with the version that made it, or a newer one.' },
  )
}

function checkRow(body: Buffer): number {
  const [key, envelope] = rowIn(body)
  if (!placeOf(key) || !isWhole(key, envelope)) throw backupDamaged('a damaged value')
  return 1
}

function trailerOf(body: Buffer, entries: number, sha256: string): BackupManifest {
  const manifest = jsonIn(body) as BackupManifest
  if (manifest.entries !== entries)
    throw backupDamaged(`${entries} of ${String(manifest.entries)} entries`)
  if (manifest.sha256 !== sha256) throw backupDamaged('another SHA-256')
  return manifest
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new SpellError('STATE_BACKUP_DAMAGED', 'The backup is damaged: found no JSON.', { cause })
  }
}

/** Writes the rows of a whole backup; the highest revision in them. */
export async function fillFrom(source: AsyncIterable<Uint8Array>, rows: Rows): Promise<bigint> {
  const ops: RowOp[] = []
  let highest = 0n
  for await (const { sort, body } of framesIn(source)) {
    if (sort !== FRAME.row) continue
    const [key, value] = rowIn(body)
    ops.push({ type: 'put', key, value })
    const expiry = expiryIn(value)
    if (expiry !== undefined)
      ops.push({ type: 'put', key: dueRow(expiry, key), value: Buffer.alloc(0) })
    if (revOf(value) > highest) highest = revOf(value)
    if (ops.length >= AT_ONCE) await rows.write(ops.splice(0), false)
  }
  await rows.write(ops, false)
  return highest
}
