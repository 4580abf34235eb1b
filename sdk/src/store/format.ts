import { SpellError } from '../errors.ts'
import { hashOf, NO_CHANGE } from './change-log.ts'
import { damaged } from './errors.ts'
import { FORMAT_ROW, RANGES, seqOf } from './keys.ts'
import type { Head, Rows } from './rows.ts'

const FORMAT = 1

/** Marks new rows as ours, and refuses what it does not know. @throws STATE_NEWER, STATE_DAMAGED */
export async function checkFormat(rows: Rows, readOnly: boolean): Promise<void> {
  const found = rows.get(FORMAT_ROW)?.toString()
  if (found === String(FORMAT)) return
  if (found !== undefined && /^\d+$/.test(found)) throw newer(found)
  if (found !== undefined) throw damaged("The store's format", `'${found.slice(0, 20)}'`)
  for await (const _ of rows.range(RANGES.all))
    throw damaged('The store', 'rows, and no word of their format')
  if (!readOnly) await markFormat(rows)
}

export async function markFormat(rows: Rows): Promise<void> {
  await rows.write([{ type: 'put', key: FORMAT_ROW, value: Buffer.from(String(FORMAT)) }], true)
}

function newer(found: string): SpellError {
  return new SpellError(
    'STATE_NEWER',
    `The store has another format: expected '${FORMAT}', found '${found}'.`,
    { hint: 'Use the version of llmspell that wrote it, or a newer one. Nothing was touched.' },
  )
}

/** The last change. */
export async function headOf(rows: Rows): Promise<Head> {
  for await (const [row, change] of rows.range({ ...RANGES.change, reverse: true }))
    return { seq: seqOf(row), hash: hashOf(change) }
  return NO_CHANGE
}
