import type { ToolOutput } from '@llmspell/sdk'
import { plain, table, text } from './ports/args.ts'

const TEXTS = ['text', 'operation', 'message'] as const

/** What a tool in another process gave back. @throws TypeError, VALUE_UNSUPPORTED, VALUE_TOO_LARGE */
export function outputOf(given: unknown): ToolOutput {
  const output = table(given, 'output')
  if (!('result' in output)) throw new TypeError("the tool gave no 'result'")
  const texts = TEXTS.filter((name) => output[name] !== undefined && output[name] !== null)
  return {
    result: plain(output['result'], 'result'),
    ...Object.fromEntries(texts.map((name) => [name, whole(output[name], name)])),
    ...(output['untrusted'] === true ? { untrusted: true } : {}),
  }
}

function whole(value: unknown, name: string): string {
  if (typeof value === 'string' && value.isWellFormed()) return value
  return text(value, name)
}
