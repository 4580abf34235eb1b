import type { BackupManifest, BackupOptions } from '../contracts/state-backup.ts'
import { SpellError } from '../errors.ts'
import { isWholeChange, touchedBy } from './change-log.ts'
import { expiryIn, isWhole, revOf } from './envelope.ts'
import { damaged } from './errors.ts'
import { FRAME, frameOf, FrameSink, rowFrame } from './frames.ts'
import { changeRow, damagedRow, placeOf, RANGES, selectedRange, selectsAny, seqOf } from './keys.ts'
import { markAt, sinceLost } from './lineage.ts'
import type { RowRange, RowReads, RowView } from './rows.ts'

export interface BackupPlan extends BackupOptions {
  readonly view: RowView
  readonly seq: bigint
  readonly now: number
}

type Start = Omit<BackupManifest, 'entries' | 'deletes' | 'sha256'>

/** What is live in a view, or what was changed in it, as frames with a trailer. @throws STATE_DAMAGED, CANCELLED */
export async function backupTo(
  rows: RowReads,
  stream: WritableStream<Uint8Array>,
  plan: BackupPlan,
): Promise<BackupManifest> {
  const sink = new FrameSink(stream)
  try {
    const start = await startOf(rows, plan)
    await sink.add(frameOf(FRAME.head, Buffer.from(JSON.stringify(start))))
    const counts = { entries: 0, deletes: 0 }
    const frames = plan.since === undefined ? liveFrames(rows, plan) : changedFrames(rows, plan)
    for await (const [sort, frame] of frames) {
      if (plan.signal?.aborted) throw cancelled()
      await sink.add(frame)
      counts[sort]++
    }
    const { entries, deletes } = counts
    const made = plan.since === undefined ? { entries } : { entries, deletes }
    const manifest = { ...start, ...made, sha256: sink.digest() }
    await sink.add(frameOf(FRAME.trailer, Buffer.from(JSON.stringify(manifest))))
    await sink.close()
    return manifest
  } catch (error) {
    await sink.abort(error)
    throw error
  }
}

async function startOf(rows: RowReads, plan: BackupPlan): Promise<Start> {
  const { view, seq, now, select, since } = plan
  const mark = await markAt(rows, seq, select, view)
  const start = { createdAt: now, seq: String(seq), ...(mark === undefined ? {} : { mark }) }
  if (since === undefined) return { format: 1, ...start }
  const base = since <= seq ? await markAt(rows, since, select, view) : undefined
  const oldest = await oldestIn(rows, view)
  if (base === undefined || since + 1n < oldest) throw sinceLost(since, oldest)
  return { format: 2, ...start, since: String(since), base }
}

async function oldestIn(rows: RowReads, view: RowView): Promise<bigint> {
  for await (const [row] of rows.range({ ...RANGES.change, view })) return seqOf(row)
  return 1n
}

type Framed = readonly [sort: 'entries' | 'deletes', frame: Buffer]

async function* liveFrames(
  rows: RowReads,
  { view, now, select }: BackupPlan,
): AsyncGenerator<Framed> {
  const one = Array.isArray(select) ? undefined : (select as Parameters<typeof selectedRange>[0])
  for await (const [key, envelope] of rows.range({ ...selectedRange(one), view })) {
    const place = placeOf(key)
    if (!place || !selectsAny(select, place)) continue
    if (!isWhole(key, envelope)) throw damagedRow(key, 'a wrong checksum')
    if ((expiryIn(envelope) ?? Infinity) > now) yield ['entries', rowFrame([key, envelope])]
  }
}

/** Only the newest change of a key counts: the one whose number the value has, or any that left none. */
async function* changedFrames(rows: RowReads, plan: BackupPlan): AsyncGenerator<Framed> {
  const range: RowRange = {
    gte: changeRow(plan.since! + 1n),
    lt: RANGES.change.lt,
    view: plan.view,
  }
  let next = plan.since!
  for await (const [row, change] of rows.range(range)) {
    if (seqOf(row) !== ++next || !isWholeChange(change))
      throw damaged(`The log of changes at ${next}`, 'a gap or a wrong checksum')
    const names = new Set(Array.from(touchedBy(change), ({ row: key }) => key.toString('latin1')))
    for (const name of names) {
      const framed = await changed(rows, plan, Buffer.from(name, 'latin1'), next)
      if (framed) yield framed
    }
  }
}

async function changed(
  rows: RowReads,
  { view, now, select }: BackupPlan,
  key: Buffer,
  seq: bigint,
): Promise<Framed | undefined> {
  const place = placeOf(key)
  if (!place || !selectsAny(select, place)) return undefined
  const envelope = await rows.get(key, view)
  if (envelope && !isWhole(key, envelope)) throw damagedRow(key, 'a wrong checksum')
  if (envelope && revOf(envelope) !== seq) return undefined
  if (envelope && (expiryIn(envelope) ?? Infinity) > now)
    return ['entries', rowFrame([key, envelope])]
  return ['deletes', frameOf(FRAME.gone, key)]
}

function cancelled(): SpellError {
  return new SpellError('CANCELLED', "The work 'backup' was cancelled.", {
    hint: 'Begin it again: nothing of it can be used.',
  })
}
