import { printable } from '@llmspell/sdk'
import { limit, syntax } from './errors.ts'
import { meant, meantNumber } from './look-alikes.ts'

const MAX_BYTES = 4096
const MAX_DIGITS = 200
const TOKEN =
  /\s*(?:(?<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>[-+*/%^(),]))/y

export interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end'
  readonly text: string
  /** Place in the expression, from 0. */
  readonly at: number
}

/** @throws CALC_LIMIT, CALC_SYNTAX at the first character that belongs to no token */
export function tokenize(expression: string): Token[] {
  if (Buffer.byteLength(expression) > MAX_BYTES)
    throw limit('The expression is too long', `${MAX_BYTES} bytes`)
  const tokens: Token[] = []
  let at = 0
  while (at < expression.trimEnd().length) {
    const token = next(expression, at)
    tokens.push(token)
    at = token.at + token.text.length
  }
  return [...tokens, { kind: 'end', text: '', at: expression.trimEnd().length }]
}

function next(expression: string, from: number): Token {
  TOKEN.lastIndex = from
  const groups = TOKEN.exec(expression)?.groups
  const start = from + /^\s*/.exec(expression.slice(from))![0].length
  if (!groups)
    throw syntax(
      expression,
      start,
      'a number, a name or an operator',
      shown(expression, start),
      meant(expression, start),
    )
  const kind = groups['number'] ? 'number' : groups['name'] ? 'name' : 'sign'
  const token = { kind, text: groups[kind]!, at: start } as const
  if (kind === 'number') checkNumber(expression, token)
  return token
}

/** Refuses what only looks like a number here: `0x10`, `1_000`, `1.2.3`, `12abc`. */
function checkNumber(expression: string, { text, at }: Token): void {
  if (text.replaceAll(/[^0-9]/g, '').length > MAX_DIGITS)
    throw limit('A number is too long', `${MAX_DIGITS} digits`)
  const end = at + text.length
  const after = expression[end]
  if (after === undefined || !/[A-Za-z0-9_.]/.test(after)) return
  const hint = meantNumber(expression, at)
  throw syntax(expression, end, 'the end of a decimal number', `'${after}'`, hint)
}

function shown(expression: string, at: number): string {
  const char = String.fromCodePoint(expression.codePointAt(at)!)
  return `'${printable(char)}'`
}
