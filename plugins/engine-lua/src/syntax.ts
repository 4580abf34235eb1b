import { SpellError } from '@llmspell/sdk'
import type { Core } from './core.ts'

/** SCRIPT_SYNTAX of a message of the Lua parser. */
export function syntaxError(core: Core, found: string, source: string, file: string): SpellError {
  const { message, where } = core.frames.split(found)
  if (!where) return new SpellError('SCRIPT_SYNTAX', message, { where: { file, line: 1 } })
  const column = columnOf(message, source.split('\n')[where.line - 1] ?? '')
  return new SpellError('SCRIPT_SYNTAX', message, {
    where: { ...where, ...(column !== undefined && { column }) },
  })
}

/** Column of the token that the parser stopped at, where the line has it once. */
function columnOf(message: string, line: string): number | undefined {
  const token = /near (?:'([^]+)'|(<eof>))$/.exec(message)
  if (!token) return undefined
  if (token[2] || token[1] === '<eof>') return line.length + 1
  const at = line.indexOf(token[1]!)
  return at >= 0 && at === line.lastIndexOf(token[1]!) ? at + 1 : undefined
}

/** True where more text could make the chunk complete. */
export function isIncomplete(message: string): boolean {
  return /near '?<eof>'?$/.test(message)
}
