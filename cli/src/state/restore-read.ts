import { stat } from 'node:fs/promises'
import { bytesText } from '@llmspell/sdk'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { openFile } from './file.ts'

const HINT = 'Name a file that llmspell state backup wrote, or an id of llmspell state backups.'

/** Whether a word means a file, and no id of the folder of backups. */
export async function isFile(given: string): Promise<boolean> {
  return /[./\\]/.test(given) || (await exists(given))
}

/** A file, piece by piece. @throws FILE_UNREADABLE */
export async function* pieces(
  file: string,
  tell: (text: string) => void,
): AsyncGenerator<Uint8Array> {
  await using handle = await openFile(file, HINT)
  let bytes = 0
  for await (const piece of handle.createReadStream({ autoClose: false })) {
    bytes += (piece as Uint8Array).byteLength
    tell(bytesText(bytes))
    yield piece as Uint8Array
  }
}

/** Tells how far a work is. */
export async function during<T>(
  stage: Stage,
  who: string,
  work: (tell: (text: string) => void) => Promise<T>,
): Promise<T> {
  const line = progressLine(stage)
  line.report({ who, state: 'started' })
  return work((text) => line.report({ who, state: 'active', text })).finally(() => line.clear())
}

function exists(name: string): Promise<boolean> {
  return stat(name).then(
    () => true,
    () => false,
  )
}
