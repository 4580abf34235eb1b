import { stripTypeScriptTypes } from 'node:module'
import { SpellError } from '@llmspell/sdk'
import { isModule } from './scan.ts'

/** Lets a source that is no module return and await at its top. */
export const WRAPPER = { before: '(async()=>{', after: '\n})()' } as const

/**
 * The source as JavaScript: of a `.ts` file the types become spaces, so that lines and columns stay.
 * @throws SCRIPT_SYNTAX
 */
export function plainSource(source: string, file: string): string {
  if (!file.endsWith('.ts')) return source
  const warn = process.emitWarning
  try {
    // The warning is for people who run Node; a script's author does not.
    process.emitWarning = () => {}
    return strip(source)
  } catch (error) {
    throw typeError(error as Error, source, file)
  } finally {
    process.emitWarning = warn
  }
}

function strip(source: string): string {
  if (isModule(source)) return stripTypeScriptTypes(source)
  const { before, after } = WRAPPER
  return stripTypeScriptTypes(before + source + after).slice(before.length, -after.length)
}

function typeError(error: Error, source: string, file: string): SpellError {
  const lines = error.message.split('\n').map((line) => line.trim())
  const message = lines.findLast((line) => line !== '') ?? 'unknown error'
  const shown = String((error as { stack?: unknown }).stack).match(/:(\d+)(?::(\d+))?/)
  const line = Math.min(Number(shown?.[1] ?? 1), source.split('\n').length)
  return new SpellError('SCRIPT_SYNTAX', `The types cannot be taken off: ${message}.`, {
    hint: 'Use types that can be erased: no enum, no namespace, no parameter property.',
    where: { file, line, column: 1 },
  })
}
