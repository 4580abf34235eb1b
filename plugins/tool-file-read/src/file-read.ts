import { inputInvalid } from '@llmspell/sdk'
import type { Files, OpenFile, Tool, ToolCall, ToolOutput } from '@llmspell/sdk'
import { Content } from './content.ts'
import { decoderOf } from './decoder.ts'
import type { Piece } from './decoder.ts'
import type { FileReadInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { linesOf } from './lines.ts'

/** The tool, over the guarded file service: it opens nothing by itself. */
export function fileRead(files: Files): Tool<FileReadInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      checkParts(input)
      await using file = await files.open(input.path, call)
      return await read(file, input, call)
    },
  }
}

async function read(file: OpenFile, input: FileReadInput, call: ToolCall): Promise<ToolOutput> {
  const content = new Content(input.encoding)
  for await (const piece of selected(file, input)) {
    if (call.streamed && piece.text !== '') await call.emit({ type: 'text', text: piece.text })
    content.add(piece)
    if (content.truncated && !call.streamed) break
  }
  const result = content.result(file.path)
  return { result: { ...result }, text: result.content, operation: 'read' }
}

function selected(file: OpenFile, input: FileReadInput): AsyncIterable<Piece> {
  const pieces = decoded(file, input)
  const { from_line: from, to_line: to } = input
  return from === undefined && to === undefined
    ? pieces
    : linesOf(pieces, from ?? 1, to ?? Infinity, input.encoding)
}

async function* decoded(file: OpenFile, input: FileReadInput): AsyncGenerator<Piece> {
  const { offset = 0, length = Infinity, encoding } = input
  const decoder = decoderOf(encoding, { path: file.path, offset })
  let taken = 0
  for await (const bytes of file.read({ offset, length, reuse: true })) {
    taken += bytes.byteLength
    yield* decoder.push(bytes)
  }
  yield* decoder.end({ cut: taken === length })
}

/** Lines and bytes are two ways to say a part; lines need text. */
function checkParts({
  from_line: from,
  to_line: to,
  offset,
  length,
  encoding,
}: FileReadInput): void {
  const byLine = from !== undefined || to !== undefined
  if (byLine && (offset !== undefined || length !== undefined)) {
    throw refused(from === undefined ? 'to_line' : 'from_line', 'either lines or bytes', 'both')
  }
  if (byLine && encoding === 'base64')
    throw refused('encoding', 'a text encoding for lines', "'base64'")
  if (to !== undefined && to < (from ?? 1))
    throw refused('to_line', `a line from ${from ?? 1} on`, String(to))
}

function refused(path: string, expected: string, found: string) {
  return inputInvalid("Tool 'file-read'", [{ path, expected, found }])
}
