import type { BackupManifest } from '../contracts/state.ts'
import { SpellError } from '../errors.ts'
import { checkedBackup, fillFrom } from './backup.ts'
import { encodeChange, hashOf } from './change-log.ts'
import { markFormat } from './format.ts'
import { changeRow, RANGES } from './keys.ts'
import type { Head, RowHome, Rows, Spool } from './rows.ts'
import type { Writer } from './writer.ts'

interface Restore {
  readonly source: ReadableStream<Uint8Array>
  readonly mode: 'empty-only' | 'replace' | 'verify-only'
  readonly writer: Writer
  readonly home: RowHome
}

/** Checks the whole backup first; then all of it takes the place of what was there, or nothing does. */
export async function restored({ source, mode, writer, home }: Restore): Promise<BackupManifest> {
  if (mode === 'verify-only') return checkedBackup(source)
  const spool = await home.spool(source)
  try {
    const manifest = await checkedBackup(spool.read())
    await writer.alone(async () => {
      if (mode === 'empty-only') await refuseOccupied(writer.rows)
      let head = writer.head
      const fill = async (rows: Rows): Promise<Head> => (head = await filled(rows, spool, writer))
      writer.rows = await home.replace(fill)
      writer.head = head
    })
    return manifest
  } finally {
    await spool.drop()
  }
}

async function refuseOccupied(rows: Rows): Promise<void> {
  for await (const _ of rows.range(RANGES.data))
    throw new SpellError('STATE_NOT_EMPTY', "The store is not empty: expected 'no entries'.", {
      hint: "Take a backup of it, then restore with the mode 'replace'.",
    })
}

/** The log begins anew, beyond all that anybody has seen: each watcher gets a reset. */
async function filled(rows: Rows, spool: Spool, writer: Writer): Promise<Head> {
  const highest = await fillFrom(spool.read(), rows)
  const seq = (highest > writer.head.seq ? highest : writer.head.seq) + 2n
  const change = encodeChange(writer.head.hash, [])
  await markFormat(rows, seq)
  await rows.write([{ type: 'put', key: changeRow(seq), value: change }], true)
  return { seq, hash: hashOf(change) }
}
