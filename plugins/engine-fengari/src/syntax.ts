import { SpellError } from '@llmspell/sdk'
import { columnOf } from '@llmspell/sdk/lua'
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
