import type { SpellError } from '@llmspell/sdk'

/** True where more text could make the entry complete: the parser stopped at its end. */
export function isIncomplete({ code, message, where }: SpellError, source: string): boolean {
  if (code !== 'SCRIPT_SYNTAX') return false
  if (/unexpected end of comment/.test(message)) return true
  const at = offsetOf(source, where?.line ?? 1, where?.column ?? 1)
  if (/unexpected end of string/.test(message)) return source[at] === '`'
  if (/redeclaration|redefinition/.test(message)) return false
  return source.slice(at).trim() === ''
}

function offsetOf(source: string, line: number, column: number): number {
  const lines = source.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  return before + column - 1
}
