import { stripTypeScriptTypes } from 'node:module'
import { SpellError } from '@llmspell/sdk'
import { isModule } from './scan.ts'

/** Lets a source that is no module return and await at its top. */
export const WRAPPER = { before: '(async()=>{', after: '\n})()' } as const

/**
 * The source as JavaScript: of a `.ts` file the types become spaces, so that lines and columns stay.
 * @throws SCRIPT_SYNTAX
 */
export function plainSource(text: string, file: string): string {
  // A first line for the shell: as a comment it keeps lines and columns.
  const source = text.replace(/^#!/, '//')
  if (!file.endsWith('.ts')) return source
  checkDepth(source, file)
  // oxlint-disable-next-line typescript/unbound-method -- it is put back as it was
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

/** Node's stripper is one instance for the process, and is broken for good by some twenty thousand levels. */
const DEEPEST = 2000

/** Brackets that open and close; `<` may also mean less, so it is forgotten where a block begins or ends. */
function checkDepth(source: string, file: string): void {
  let depth = 0
  let angles = 0
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!
    if (c === '<') angles++
    else if (c === '{' || c === '}' || c === ';') angles = 0
    if (c === '(' || c === '[' || c === '{') depth++
    else if (c === ')' || c === ']' || c === '}') depth = Math.max(0, depth - 1)
    if (depth > DEEPEST || angles > DEEPEST) throw tooDeep(source.slice(0, i), file)
  }
}

function tooDeep(before: string, file: string): SpellError {
  const text = `The script is nested too deep: expected at most ${DEEPEST} levels in TypeScript.`
  const where = { file, line: before.split('\n').length }
  return new SpellError('SCRIPT_SYNTAX', text, { hint: 'Write it as JavaScript.', where })
}

function strip(source: string): string {
  if (isModule(source)) return stripTypeScriptTypes(source)
  const { before, after } = WRAPPER
  return stripTypeScriptTypes(before + source + after).slice(before.length, -after.length)
}

function typeError(error: Error, source: string, file: string): SpellError {
  return new SpellError('SCRIPT_SYNTAX', `The types cannot be taken off: ${error.message}.`, {
    hint: 'Use types that can be erased: no enum, no namespace, no parameter property.',
    where: { file, ...placeOf(error, source) },
  })
}

/** Node writes the place above the stack; where a host changes stacks, the word that the message names is looked for. */
function placeOf(error: Error, source: string): { readonly line: number; readonly column: number } {
  const shown = /^:(\d+)\n[^\n]*\n( *)\^/.exec(error.stack ?? '')
  if (shown) {
    const shift = shown[1] === '1' && !isModule(source) ? WRAPPER.before.length : 0
    return { line: Number(shown[1]), column: Math.max(1, shown[2]!.length + 1 - shift) }
  }
  const word = /TypeScript (\w+)/.exec(error.message)?.[1]
  const at = word === undefined ? 0 : Math.max(0, source.search(new RegExp(`\\b${word}\\b`)))
  const before = source.slice(0, at).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
