const WORD = /([A-Za-z_][\w]*(?:[.:][A-Za-z_]\w*)*[.:])?([A-Za-z_]\w*)?$/
/** Of Lua. */
export const KEYWORDS = [
  'and',
  'break',
  'do',
  'else',
  'elseif',
  'end',
  'false',
  'for',
  'function',
  'goto',
  'if',
  'in',
  'local',
  'nil',
  'not',
  'or',
  'repeat',
  'return',
  'then',
  'true',
  'until',
  'while',
]

/** The word that ends a text, and the path before it up to the last dot or colon. */
export function lastWord(text: string): { readonly path: string; readonly word: string } {
  const [, path = '', word = ''] = WORD.exec(text) ?? []
  return { path, word }
}
