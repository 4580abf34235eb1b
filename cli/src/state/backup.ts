import { bytesText, type BackupManifest } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { isOn } from '../run/options.ts'
import { momentText } from '../runs/texts.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { inFile } from './export.ts'
import { stateStore } from './store.ts'

/** `state backup FILE`: all of the store as it is at this moment, while others go on with it. */
export async function backupState(stage: Stage): Promise<void> {
  const [file] = stage.parsed.args as [string]
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
  else out(`${manifest.entries} entries are in ${plain(file)}, ${bytesText(bytes)}\n`)
}

/** In the names that scripts see. */
export function manifestJson({ createdAt, seq, entries, sha256, format }: BackupManifest): object {
  return { format, created_at: createdAt, seq, entries, sha256 }
}

/** `12 entries of 2026-03-01 09:00:00 UTC, change 40`. */
export function manifestText({ createdAt, seq, entries }: BackupManifest): string {
  return `${entries} entries of ${momentText(createdAt)} UTC, change ${seq}`
}
