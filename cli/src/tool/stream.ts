import type { ToolChunk, ToolResult } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { printable } from '../print/escape.ts'
import { out, outBytes } from '../print/output.ts'

/** What a stream of a tool carries: the tool's chunks, and its result last. */
export type StreamChunk = ToolChunk | { readonly type: 'finish'; readonly result: ToolResult }

/**
 * Writes chunks as they come: text as it is, bytes raw, rows as lines: their text, else JSON.
 * @returns the result; what of it was not written yet is its bytes or text
 */
export async function writeStream(
  chunks: AsyncIterable<StreamChunk>,
): Promise<{ readonly result: ToolResult; readonly written: boolean }> {
  let written = false
  let result: ToolResult | undefined
  for await (const chunk of chunks) {
    if (chunk.type === 'finish') result = chunk.result as unknown as ToolResult
    else written = writeChunk(chunk as ToolChunk) || written
  }
  return { result: result!, written }
}

/** Text and data of one chunk say the same: the text is for people, and a row of its own. */
function writeChunk({ type, text = '', data }: ToolChunk): boolean {
  if (type === 'progress') return false
  if (data instanceof Uint8Array) outBytes(data)
  else if (data === undefined) out(printable(text))
  else out(`${text === '' ? toJson(data) : printable(text).replace(/\n$/, '')}\n`)
  return text !== '' || data !== undefined
}
