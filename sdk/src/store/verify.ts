import type { StateFault } from '../contracts/state.ts'
import { hashOf, isWholeChange, prevOf, touchedBy } from './change-log.ts'
import { isWhole, opened, revOf } from './envelope.ts'
import { scopeText } from './errors.ts'
import { headOf, oldestBy } from './format.ts'
import { FORMAT_ROW, placeOf, RANGES, seqOf } from './keys.ts'
import type { RowReads, RowView } from './rows.ts'

/** What is kept in memory of the log. */
const MAX_SEEN = 500_000

/** Every value against its checksum, every change against the one before it, and the last changes against the values. */
export async function* faultsIn(
  rows: RowReads,
  view: RowView,
  signal?: AbortSignal,
): AsyncGenerator<StateFault> {
  for await (const [row, envelope] of rows.range({ ...RANGES.data, view })) {
    if (signal?.aborted) return
    const fault = valueFault(row, envelope)
    if (fault) yield fault
  }
  yield* logFaults(rows, view, signal)
  yield* lostValues(rows, view, signal)
}

function valueFault(row: Buffer, envelope: Buffer): StateFault | undefined {
  const place = placeOf(row)
  if (!place)
    return { fault: 'schema', text: `A row is at no key: '${row.toString('hex', 0, 40)}'.` }
  const where = `The value at '${place.key}' of ${scopeText(place.scope)}`
  if (!isWhole(row, envelope)) return { ...place, fault: 'crc', text: `${where} is damaged.` }
  try {
    opened(envelope)
    return undefined
  } catch {
    return { ...place, fault: 'schema', text: `${where} cannot be read.` }
  }
}

async function* logFaults(
  rows: RowReads,
  view: RowView,
  signal?: AbortSignal,
): AsyncGenerator<StateFault> {
  const oldest = oldestBy(await rows.get(FORMAT_ROW, view), await headOf(rows, view))
  let last: { seq: bigint; hash?: Buffer } = { seq: oldest - 1n }
  for await (const [row, change] of rows.range({ ...RANGES.change, view })) {
    if (signal?.aborted) return
    const seq = seqOf(row)
    if (seq !== last.seq + 1n) yield gap(last.seq + 1n, seq - 1n)
    else if (last.hash && !prevOf(change).equals(last.hash))
      yield { fault: 'crc', text: `Change ${seq} does not follow the one before it.` }
    if (!isWholeChange(change))
      yield { fault: 'crc', text: `The record of change ${seq} is damaged.` }
    last = { seq, hash: hashOf(change) }
  }
}

function gap(from: bigint, to: bigint): StateFault {
  const which = from === to ? `Change ${from} is` : `The changes ${from} to ${to} are`
  return { fault: 'missing', text: `${which} missing.` }
}

/** The newest change of a key says what is there: a value of that revision, or none. */
async function* lostValues(
  rows: RowReads,
  view: RowView,
  signal?: AbortSignal,
): AsyncGenerator<StateFault> {
  const seen = new Set<string>()
  for await (const [row, change] of rows.range({ ...RANGES.change, reverse: true, view })) {
    if (signal?.aborted || seen.size > MAX_SEEN) return
    if (!isWholeChange(change)) continue
    for (const touched of [...touchedBy(change)].reverse()) {
      const name = touched.row.toString('latin1')
      if (!seen.has(name) && touched.put) yield* lost(rows, view, touched.row, seqOf(row))
      seen.add(name)
    }
  }
}

async function* lost(
  rows: RowReads,
  view: RowView,
  row: Buffer,
  seq: bigint,
): AsyncGenerator<StateFault> {
  const place = placeOf(row)
  const envelope = await rows.get(row, view)
  if (!place || (envelope && (!isWhole(row, envelope) || revOf(envelope) === seq))) return
  const found = envelope ? `of change ${revOf(envelope)}` : 'missing'
  const where = `The value at '${place.key}' of ${scopeText(place.scope)}`
  yield { ...place, fault: 'missing', text: `${where} of change ${seq} is ${found}.` }
}
