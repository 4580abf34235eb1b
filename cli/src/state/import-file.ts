import type { StateBackend } from '@llmspell/sdk'
import { openFile } from './file.ts'
import { LineReader, type Put } from './lines.ts'
import { scopeText } from './scope.ts'
import { boundedLines } from './split.ts'

const AT_ONCE = 500
const BYTES_AT_ONCE = 4 * 1024 * 1024
/** Of a row beside what its line says. */
const ROW_BYTES = 128

/** Some entries of a file, and what they take at most. */
export interface Batch {
  readonly puts: readonly Put[]
  readonly bytes: number
}

export interface ReadOptions {
  readonly now: number
  /** Told at the end how many entries have expired. */
  readonly expired?: (count: number) => void
}

/** A file of `state export`. No batch goes beyond what the store writes at once. @throws STATE_EXPORT_INVALID, FILE_UNREADABLE */
export async function* batches(
  file: string,
  { capabilities }: Pick<StateBackend, 'capabilities'>,
  { now, expired = () => {} }: ReadOptions,
): AsyncGenerator<Batch> {
  await using handle = await openFile(file, 'Name a file that llmspell state export wrote.')
  const reader = new LineReader(now)
  const most = 2 * capabilities.maxValueBytes
  const apart = capabilities.atomic === 'scope'
  let [puts, bytes, entries]: [Put[], number, number] = [[], 0, 0]
  const pieces = handle.createReadStream({ autoClose: false })
  for await (const line of boundedLines(pieces, most, () => reader.refuseLong(most))) {
    const put = reader.read(line)
    if (!put) continue
    const full = puts.length >= AT_ONCE || bytes >= BYTES_AT_ONCE
    if (full || (apart && isElsewhere(puts, put))) {
      yield { puts, bytes }
      ;[puts, bytes] = [[], 0]
    }
    puts.push(put)
    bytes += line.length + ROW_BYTES
    entries++
  }
  expired(reader.done() - entries)
  yield { puts, bytes }
}

const isElsewhere = ([first]: readonly Put[], { scope }: Put): boolean =>
  first !== undefined && scopeText(first.scope) !== scopeText(scope)
