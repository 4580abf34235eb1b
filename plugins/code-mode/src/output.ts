import type { ProgramResult, ToolOutput, Value } from '@llmspell/sdk'

/** Bytes of a value that a model is given. */
const MOST = 64 * 1024

/** What a program came to, in the form of a tool's result. */
export function outputOf({ value = null, output, calls }: ProgramResult): ToolOutput {
  const written = typeof value === 'string' ? value : (JSON.stringify(value, bytesAsText) ?? 'null')
  const bytes = Buffer.from(written)
  const isLong = bytes.length > MOST
  const shown = isLong ? bytes.toString('utf8', 0, endBefore(bytes, MOST)) : written
  const note = isLong ? `\n[Cut: these are the first ${MOST} bytes of ${bytes.length}.]` : ''
  return {
    result: {
      value: isLong ? shown : value,
      output,
      calls,
      ...(isLong ? { truncated: true } : {}),
    },
    text: [output.trimEnd(), shown + note].filter((part) => part !== '').join('\n'),
  }
}

/** The end of the last whole character. */
function endBefore(bytes: Buffer, most: number): number {
  let end = most
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return end
}

function bytesAsText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : (value as Value)
}
