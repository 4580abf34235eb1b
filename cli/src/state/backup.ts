import { entriesText } from '../print/counted.ts'
import { bytesText, SpellError, type BackupManifest } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { isOn } from '../run/options.ts'
import { momentText } from '../runs/texts.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { inFile } from './export.ts'
import { stateManager, stateStore } from './store.ts'

/** `state backup FILE`: all of the store as it is at this moment, while others go on with it. */
export async function backupState(stage: Stage): Promise<void> {
  const [file] = stage.parsed.args
  const incremental = isOn(stage.parsed, 'incremental')
  if (file === undefined) return kept(stage, incremental)
  if (incremental) throw twoPlaces()
  const store = await stateStore(stage)
  const line = progressLine(stage)
  const who = 'state backup'
  line.report({ who, state: 'started' })
  let bytes = 0
  const manifest = await inFile(file, isOn(stage.parsed, 'force'), (handle) =>
    store.backup(
      new WritableStream<Uint8Array>({
        async write(piece) {
          await handle.writeFile(piece)
          bytes += piece.byteLength
          line.report({ who, state: 'active', text: bytesText(bytes) })
        },
      }),
    ),
  )
  line.clear()
  if (stage.json) out(`${toJson({ ok: true, file, bytes, ...manifestJson(manifest) })}\n`)
  else out(`${entriesText(manifest.entries)} in ${plain(file)}, ${bytesText(bytes)}\n`)
}

/** A backup in the folder of backups, where an increment finds what it follows. */
async function kept(stage: Stage, incremental: boolean): Promise<void> {
  const backups = await (await stateManager(stage)).backups()
  const line = progressLine(stage)
  line.report({ who: 'state backup', state: 'started' })
  const info = await backups.create({ incremental }).finally(() => line.clear())
  const { id, follows, entries, deletes, size } = info
  if (stage.json) return out(`${toJson({ ok: true, backup: info })}\n`)
  const after = follows === undefined ? '' : `, behind '${plain(follows)}'`
  const gone = deletes === 0 ? '' : `, ${deletes} deleted`
  out(`kept '${plain(id)}': ${entriesText(entries)}${gone}, ${bytesText(size)}${after}\n`)
}

function twoPlaces(): SpellError {
  const message = "Flag '--incremental' and a file exclude each other."
  return new SpellError('FLAG_INVALID', message, {
    hint: 'An increment follows what lies in the folder of backups: leave the file out.',
  })
}

/** In the names that scripts see. */
export function manifestJson({ createdAt, seq, entries, sha256, format }: BackupManifest): object {
  return { format, created_at: createdAt, seq, entries, sha256 }
}

/** `12 entries of 2026-03-01 09:00:00 UTC, change 40`. */
export function manifestText({ createdAt, seq, entries }: BackupManifest): string {
  return `${entriesText(entries)} of ${momentText(createdAt)} UTC, change ${seq}`
}
