import type { BackupInfo, BackupManifest } from '@llmspell/sdk'
import { FRAME, frameOf, FrameSink, rowFrame } from '@llmspell/sdk/store'
import type { BackupRow } from '@llmspell/sdk/store'

/** A chain as one whole backup, made while it is read: a store takes all of it in one step, or nothing. */
export function mergedBackup(
  rows: AsyncIterable<BackupRow>,
  last: BackupInfo,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  // What goes wrong aborts the stream, so that whoever reads it is told.
  void filled(new FrameSink(writable), rows, last)
  return readable
}

async function filled(
  sink: FrameSink,
  rows: AsyncIterable<BackupRow>,
  { createdAt, seq, mark }: BackupInfo,
): Promise<void> {
  const start = { format: 1, createdAt, seq, ...(mark === undefined ? {} : { mark }) } as const
  try {
    await sink.add(frameOf(FRAME.head, Buffer.from(JSON.stringify(start))))
    let entries = 0
    for await (const { key, envelope } of rows) {
      await sink.add(rowFrame([key, envelope!]))
      entries++
    }
    const manifest: BackupManifest = { ...start, entries, sha256: sink.digest() }
    await sink.add(frameOf(FRAME.trailer, Buffer.from(JSON.stringify(manifest))))
    await sink.close()
  } catch (error) {
    await sink.abort(error)
  }
}
