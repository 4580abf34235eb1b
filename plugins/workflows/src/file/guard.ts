import type { Lexer } from 'yaml'
import type { Problem } from '../check/index.ts'

const MOST_DEPTH = 64
/** The reader's time grows with the square of such a run: `- - - -`, `&a &a &a`. */
const MOST_RUN = 100
const MARKS = /^[-?:&!*]/
const SPACE = /^[ \t]+$/

/** Why a text is not handed to the reader, whose stack and time such texts use up. One pass over its tokens. */
export function refusal(text: string, lexer: Lexer): Problem | undefined {
  let depth = 0
  let run = 0
  for (const token of lexer.lex(text)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (SPACE.test(token)) continue
    run = MARKS.test(token) ? run + 1 : 0
    if (depth > MOST_DEPTH || run > MOST_RUN) return TOO_DEEP
  }
  return undefined
}

const TOO_DEEP: Problem = {
  path: '',
  kind: 'size',
  message: `The file nests more than ${MOST_DEPTH} levels.`,
  hint: 'Split it into workflows that call each other.',
}
