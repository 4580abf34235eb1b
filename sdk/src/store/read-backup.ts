import type { BackupManifest } from '../contracts/state-backup.ts'
import type { PlacedEntry } from '../contracts/state.ts'
import { SpellError } from '../errors.ts'
import { isWhole, opened } from './envelope.ts'
import { backupDamaged } from './errors.ts'
import { FRAME, framesIn, rowIn } from './frames.ts'
import { placeOf } from './keys.ts'

/** One key of a backup; without an envelope it is gone. */
export interface BackupRow {
  readonly key: Buffer
  readonly envelope?: Buffer
}

/** Reads a backup to its end and finds it whole. @throws STATE_BACKUP_DAMAGED, STATE_NEWER */
export async function checkedBackup(
  source: AsyncIterable<Uint8Array>,
  visit: (row: BackupRow) => unknown = () => undefined,
): Promise<BackupManifest> {
  const counts = { entries: 0, deletes: 0 }
  let first = true
  let manifest: BackupManifest | undefined
  for await (const { sort, body, before } of framesIn(source)) {
    if (manifest) throw backupDamaged('bytes behind the trailer')
    if (first !== (sort === FRAME.head)) throw backupDamaged('frames out of order')
    first = false
    if (sort === FRAME.head) checkFormat(body)
    else if (sort === FRAME.trailer) manifest = trailerOf(body, counts, before)
    else {
      const row = checkedRow(sort, body)
      counts[row.envelope ? 'entries' : 'deletes']++
      await visit(row)
    }
  }
  if (!manifest) throw backupDamaged('no trailer')
  return manifest
}

/** What a row with an envelope holds, and where. */
export function openedRow({ key, envelope }: BackupRow): PlacedEntry {
  return { ...placeOf(key)!, entry: opened(envelope!) }
}

/** The rows of a backup that was found whole. */
export async function* rowsOfBackup(source: AsyncIterable<Uint8Array>): AsyncGenerator<BackupRow> {
  for await (const { sort, body } of framesIn(source))
    if (sort === FRAME.row || sort === FRAME.gone) yield checkedRow(sort, body)
}

function checkFormat(body: Buffer): void {
  const { format } = jsonIn(body) as { readonly format?: unknown }
  if (format === 1 || format === 2) return
  throw new SpellError(
    'STATE_NEWER',
    `The backup has another format: expected '1' or '2', found '${String(format)}'.`,
    { hint: 'Restore it with the version that made it, or a newer one.' },
  )
}

function checkedRow(sort: number, body: Buffer): BackupRow {
  if (sort === FRAME.gone && placeOf(body)) return { key: body }
  const [key, envelope] = sort === FRAME.row ? rowIn(body) : []
  if (!key || !envelope || !placeOf(key) || !isWhole(key, envelope))
    throw backupDamaged('a damaged value')
  return { key, envelope }
}

function trailerOf(
  body: Buffer,
  counts: { readonly entries: number; readonly deletes: number },
  sha256: string,
): BackupManifest {
  const manifest = jsonIn(body) as BackupManifest
  for (const [found, told] of [
    [counts.entries, manifest.entries],
    [counts.deletes, manifest.deletes ?? 0],
  ])
    if (found !== told) throw backupDamaged(`${found} of ${String(told)} entries`)
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
