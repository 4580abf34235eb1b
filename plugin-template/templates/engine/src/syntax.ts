import { SpellError, type Value } from '@llmspell/sdk'

/** What a line is made of. */
export type Node =
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'list'; readonly items: readonly Node[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [string, Node])[] }
  | { readonly type: 'member'; readonly of: Node; readonly name: string }
  | { readonly type: 'call'; readonly of: Node; readonly args: readonly Node[] }
  | {
      readonly type: 'sum'
      readonly operator: string
      readonly left: Node
      readonly right: Node
    }

export interface Statement {
  readonly line: number
  /** The name that is set; `return` for the value of the script. */
  readonly target: string | undefined
  readonly node: Node
}

export interface Token {
  readonly type: 'name' | 'number' | 'text' | 'sign' | 'end'
  readonly text: string
  readonly column: number
}

/** An error of the text, and whether more text could make it right. */
export class SyntaxFault extends SpellError {
  readonly incomplete: boolean

  constructor(message: string, file: string, line: number, column: number, incomplete: boolean) {
    super('SCRIPT_SYNTAX', message, { where: { file, line, column } })
    this.incomplete = incomplete
  }
}

const TOKEN =
  /\s*(?:#.*|([A-Za-z_]\w*)|(\d+(?:\.\d+)?)|("(?:[^"\\]|\\.)*")|([-+*/=(){}[\],:.])|(\S))/gy
const TYPES = ['name', 'number', 'text', 'sign'] as const

/** The tokens of one line, with an end behind them. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.trimEnd().matchAll(TOKEN)) {
    const index = match.slice(1).findIndex((part) => part !== undefined)
    // Blanks or a comment.
    if (index < 0) continue
    const found = match[index + 1]!
    const column = match.index + match[0].length - found.length + 1
    tokens.push({ type: TYPES[index] ?? 'sign', text: found, column })
  }
  return [...tokens, { type: 'end', text: 'the end of the line', column: text.length + 1 }]
}
