import { printable } from '@llmspell/sdk'
import type { Files, ToolCall } from '@llmspell/sdk'
import { csvError } from './errors.ts'
import type { CsvInput } from './generated/input.ts'

/** Characters by which the delimiter is found. */
const START = 65_536

/** The text of the input in pieces, without a byte order mark. @throws what the service `files` throws; CSV_ENCODING */
export async function* piecesOf(
  { text, path, encoding = 'utf-8' }: CsvInput,
  files: Files,
  call: ToolCall,
): AsyncGenerator<string> {
  if (path === undefined) return yield (text ?? '').replace(/^\uFEFF/, '')
  await using file = await files.open(path, call)
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const bytes of file.read())
    yield decoded(() => decoder.decode(bytes, { stream: true }), path, encoding)
  yield decoded(() => decoder.decode(), path, encoding)
}

function decoded(decode: () => string, path: string, encoding: string): string {
  try {
    return decode()
  } catch (cause) {
    const message = `The file '${printable(path)}' is no text in ${encoding}.`
    const hint = 'Name its encoding: utf-8, windows-1252 or utf-16le.'
    throw csvError('CSV_ENCODING', message, { hint, cause })
  }
}

/** The beginning of the pieces, and all of them from the beginning. */
export async function withStart(pieces: AsyncGenerator<string>) {
  let start = ''
  while (start.length < START) {
    const { value, done } = await pieces.next()
    if (done) break
    start += value
  }
  return { start: start.slice(0, START), all: joined(start, pieces) }
}

async function* joined(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (start !== '') yield start
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}
