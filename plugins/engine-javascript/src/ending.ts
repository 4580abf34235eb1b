import { fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { SpellError, Where } from '@llmspell/sdk'
import { strayBracket } from './scan.ts'

/** The parser went past the end of the script, into what is written around it, or found nothing more. */
export function atItsEnd(error: SpellError, source: string, file: string): SpellError {
  const { code, message, where } = error
  if (code !== 'SCRIPT_SYNTAX' || where?.file !== file) return error
  const outside = where.line > source.split('\n').length
  // A brace too many ends what is written around the script.
  const stray = outside || message === "expecting ')'" ? strayBracket(source) : undefined
  if (!outside && stray === undefined && !message.endsWith(": ''")) return error
  if (stray === undefined) return told(error, 'unexpected end of script', file, source.trimEnd())
  const found = `unexpected token in expression: '${source[stray]}'`
  return told(error, found, file, source.slice(0, stray))
}

/** The same error at the end of a part of the source. */
function told(error: SpellError, message: string, file: string, before: string): SpellError {
  const lines = before.split('\n')
  const where: Where = { file, line: lines.length, column: lines.at(-1)!.length + 1 }
  const { trace: _, ...record } = toErrorRecord(error)
  return fromErrorRecord({ ...record, message, where })
}
