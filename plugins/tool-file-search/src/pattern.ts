import { SpellError, printable } from '@llmspell/sdk'
import type { FileSearchInput } from './generated/input.ts'

const MAX_PROGRAM = 500

/** Where in a text the first match begins, from 0; below 0: nowhere. */
export type Finder = (text: string) => number

type Sought = Pick<FileSearchInput, 'syntax' | 'case'> & { readonly content: string }

/** @throws PATTERN_INVALID */
export async function finderOf({ content, syntax, case: capitals }: Sought): Promise<Finder> {
  if (syntax === 'regex') return regexFinder(content, capitals === 'ignore')
  if (capitals === 'match') return (text) => text.indexOf(content)
  // Without signs that repeat or choose there is nothing to go back to.
  const literal = new RegExp(content.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), 'iu')
  return (text) => text.search(literal)
}

/** In linear time, whatever the pattern. */
async function regexFinder(pattern: string, ignoreCase: boolean): Promise<Finder> {
  const { RE2JS } = await import('re2js')
  const compiled = compile(
    () => RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0),
    pattern,
  )
  if (compiled.programSize() > MAX_PROGRAM) {
    throw invalid(pattern, 'is too large when its repetitions are written out')
  }
  return (text) => {
    const matcher = compiled.matcher(text)
    return matcher.find() ? matcher.start() : -1
  }
}

function compile<T>(make: () => T, pattern: string): T {
  try {
    return make()
  } catch (error) {
    const reason = (error as Error).message.replace(/^error parsing regexp: /, '')
    throw invalid(pattern, `cannot be read: ${printable(reason)}`)
  }
}

function invalid(pattern: string, fault: string): SpellError {
  const message = `The pattern '${printable(pattern, 80)}' ${fault}.`
  return new SpellError('PATTERN_INVALID', message, {
    hint: "Write a pattern of RE2, or search for plain text with syntax 'text'.",
  })
}
