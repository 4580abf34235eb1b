import type { Kind } from './scan.ts'

export type Language = 'lua' | 'javascript'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const KEYWORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  lua: words(
    'and break do else elseif end false for function goto if in local nil not or repeat return then true until while',
  ),
  javascript: words(
    'async await break case catch class const continue debugger default delete do else export extends false finally for ' +
      'function if import in instanceof let new null of return static super switch this throw true try typeof undefined ' +
      'var void while with yield',
  ),
}

/** The globals of a kernel with every plugin of ours. */
export const GLOBALS = words(
  'Agent ARGS Artifact Async Budget Debug Event Files Hook JSON Log Media Model Permission Provider Run Secret Session ' +
    'State Stream Test Tool Utils Workflow print write',
)

export function wordKind(language: Language, word: string, globals: ReadonlySet<string>): Kind {
  if (KEYWORDS[language].has(word)) return 'keyword'
  return globals.has(word) ? 'global' : 'plain'
}
