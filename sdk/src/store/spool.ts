import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { Spool } from './rows.ts'

/** Bytes in a file, to be read twice. */
export async function spoolTo(file: string, source: ReadableStream<Uint8Array>): Promise<Spool> {
  const drop = (): Promise<void> => rm(file, { force: true })
  try {
    await using handle = await open(file, 'wx', 0o600)
    for await (const chunk of source) await handle.writeFile(chunk)
  } catch (error) {
    await drop()
    throw error
  }
  return { read: () => createReadStream(file), drop }
}
