import { javascript } from './javascript.ts'
import { lua } from './lua.ts'
import { Scan } from './scan.ts'
import type { Kind, State, Token } from './scan.ts'
import { GLOBALS } from './words.ts'
import type { Language } from './words.ts'

export type { Kind, State, Token } from './scan.ts'
export type { Language } from './words.ts'

const STEPS = { lua, javascript }
const COLOURS: Readonly<Record<Exclude<Kind, 'plain'>, number>> = {
  keyword: 35,
  global: 36,
  string: 32,
  number: 33,
  comment: 90,
}

/** The text in its parts, in order and without a gap. Takes a time that grows with the text alone, whatever it is. */
export function tokensOf(
  language: Language,
  text: string,
  state: State = [],
  globals: ReadonlySet<string> = GLOBALS,
): { readonly tokens: readonly Token[]; readonly state: State } {
  const scan = new Scan(text, state)
  while (!scan.done) STEPS[language](scan, globals)
  return { tokens: scan.tokens, state: scan.open }
}

/** The text in colours, and what it leaves open for the line behind it. */
export function highlight(
  language: Language,
  text: string,
  state: State = [],
  globals: ReadonlySet<string> = GLOBALS,
): { readonly text: string; readonly state: State } {
  const found = tokensOf(language, text, state, globals)
  return { text: found.tokens.map(painted).join(''), state: found.state }
}

function painted({ kind, text }: Token): string {
  return kind === 'plain' ? text : `\u001B[${COLOURS[kind]}m${text}\u001B[39m`
}
