import { SpellError } from '../errors.ts'
import { hashOf, KEPT_CHANGES, NO_CHANGE } from './change-log.ts'
import { damaged } from './errors.ts'
import { changeRow, FORMAT_ROW, RANGES, seqOf } from './keys.ts'
import type { Head, Row, RowReads, Rows, RowView, RowWrites, SharedRows } from './rows.ts'

/** Of rows as they lie in a store. */
export const FORMAT = 1
const WORDS = /^(\d+)(?: (\d+))?$/

/** Marks new rows as ours, and refuses what it does not know. @throws STATE_NEWER, STATE_DAMAGED */
export async function checkFormat(
  rows: RowReads & RowWrites,
  readOnly: boolean,
  lost: () => SpellError | undefined = () => undefined,
): Promise<void> {
  const found = (await rows.get(FORMAT_ROW))?.toString()
  const known = found === undefined ? undefined : (WORDS.exec(found)?.[1] ?? '')
  if (known === String(FORMAT)) return
  if (known) throw newer(known)
  if (known === '') throw damaged("The store's format", `'${found!.slice(0, 20)}'`)
  for await (const _ of rows.range(RANGES.all)) {
    // The word is the first row that is written: another process may have begun in between.
    if (await rows.get(FORMAT_ROW)) return checkFormat(rows, readOnly, lost)
    throw damaged('The store', 'rows, and no word of their format')
  }
  if (readOnly) return
  const error = lost()
  if (error) throw error
  await markFormat(rows)
}

/** @param base number of the first change of these rows */
export async function markFormat(rows: RowWrites, base = 1n): Promise<void> {
  const value = Buffer.from(`${FORMAT} ${base}`)
  await rows.write([{ type: 'put', key: FORMAT_ROW, value }], true)
}

/** Number of the oldest change that must be there. */
export function oldestOf(rows: Rows, head: Head): bigint {
  return oldestBy(rows.get(FORMAT_ROW), head)
}

/** The same, by the word of the format. */
export function oldestBy(format: Buffer | undefined, head: Head): bigint {
  const base = BigInt(WORDS.exec(format?.toString() ?? '')?.[2] ?? 1)
  const kept = head.seq - KEPT_CHANGES + 1n
  return kept > base ? kept : base
}

function newer(found: string): SpellError {
  return new SpellError(
    'STATE_NEWER',
    `The store has another format: expected '${FORMAT}', found '${found}'.`,
    { hint: 'Use the version of llmspell that wrote it, or a newer one. Nothing was touched.' },
  )
}

/** The last change. */
export async function headOf(rows: RowReads, view?: RowView): Promise<Head> {
  const range = { ...RANGES.change, reverse: true, ...(view ? { view } : {}) }
  for await (const row of rows.range(range)) return headAt(row)
  return NO_CHANGE
}

/** The last change of rows that others change too, as it is at this moment. */
export function sharedHead(shared: SharedRows): Head {
  const row = shared.last(RANGES.change)
  return row ? headAt(row) : NO_CHANGE
}

const headAt = ([row, change]: Row): Head => ({ seq: seqOf(row), hash: hashOf(change) })

/** True where this change is in the rows, whatever has come behind it. */
export function holdsChange(rows: Rows, { seq, hash }: Head): boolean {
  try {
    const change = rows.get(changeRow(seq))
    return change !== undefined && hashOf(change).equals(hash)
  } catch {
    return false
  }
}
