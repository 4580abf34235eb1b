import { SpellError, type Value } from '@llmspell/sdk'

/** A piece of a script, and the line that it begins in. */
export type Form = { readonly line: number } & (
  | { readonly type: 'value'; readonly value: Value }
  /** `d.name` is a path of two names. */
  | { readonly type: 'name'; readonly path: readonly string[] }
  | { readonly type: 'list'; readonly forms: readonly Form[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [string, Form])[] }
  | { readonly type: 'call'; readonly forms: readonly Form[] }
)

/** An error of the text, and whether more text could make it right. */
export class SyntaxFault extends SpellError {
  readonly incomplete: boolean

  constructor(message: string, where: Where, incomplete: boolean) {
    super('SCRIPT_SYNTAX', message, { where })
    this.incomplete = incomplete
  }
}

interface Where {
  readonly file: string
  readonly line: number
  readonly column: number
}

interface Token extends Where {
  readonly text: string
}

const TOKEN = /(\n)|[^\S\n]+|;.*|("(?:[^"\\]|\\[^])*(?:"|$))|([()[\]{}])|([^\s()[\]{}";]+)/gy
const CONSTANTS = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
])
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/
const KEY = '$llmspell'
const MAX_DEPTH = 100

/** The forms of a script. @throws SCRIPT_SYNTAX with the place */
export function read(source: string, file: string): Form[] {
  const reader = new Reader(tokensOf(source, file))
  const forms: Form[] = []
  while (!reader.atEnd) forms.push(reader.form(0))
  return forms
}

function tokensOf(source: string, file: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let start = 0
  for (const { 0: whole, 1: newline, 2: text, 3: sign, 4: atom, index } of source.matchAll(TOKEN)) {
    const found = text ?? sign ?? atom
    if (found !== undefined) tokens.push({ text: found, file, line, column: index - start + 1 })
    const lines = newline ? 1 : whole.split('\n').length - 1
    if (lines > 0) start = index + whole.lastIndexOf('\n') + 1
    line += lines
  }
  return [...tokens, { text: '', file, line, column: source.length - start + 1 }]
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get atEnd(): boolean {
    return this.#next.text === ''
  }

  form(depth: number): Form {
    const token = this.#next
    const { text, line } = token
    if (text === '' || depth > MAX_DEPTH) throw this.#fault(text === '' ? 'more' : 'less depth')
    if (text === '(') return { line, type: 'call', forms: this.#until(depth) }
    if (text === '[') return { line, type: 'list', forms: this.#until(depth) }
    if (text === '{') return { line, type: 'map', entries: this.#entries(depth) }
    if (')]}'.includes(text)) throw this.#fault('a form')
    const form = this.#atom(token)
    this.#at++
    return form
  }

  #until(depth: number): Form[] {
    const end = CLOSING[this.#next.text]!
    this.#at++
    const forms: Form[] = []
    while (this.#next.text !== end) forms.push(this.form(depth + 1))
    this.#at++
    return forms
  }

  #entries(depth: number): (readonly [string, Form])[] {
    const begin = this.#at
    const forms = this.#until(depth)
    if (forms.length % 2 > 0) throw this.#fault('a value for each key', this.#tokens[begin])
    return Array.from({ length: forms.length / 2 }, (_, i) => {
      const key = forms[2 * i]!
      if (key.type !== 'value' || typeof key.value !== 'string')
        throw this.#fault('keys such as :name', this.#tokens[begin])
      // Only the host makes objects of its own.
      if (key.value === KEY) throw this.#refused(this.#tokens[begin]!)
      return [key.value, forms[2 * i + 1]!] as const
    })
  }

  #atom(token: Token): Form {
    const { text, line } = token
    if (text.startsWith('"')) return { line, type: 'value', value: this.#text(token) }
    if (NUMBER.test(text)) return { line, type: 'value', value: Number(text) }
    if (text.length > 1 && text.startsWith(':'))
      return { line, type: 'value', value: text.slice(1) }
    const constant = CONSTANTS.get(text)
    if (constant !== undefined) return { line, type: 'value', value: constant }
    return { line, type: 'name', path: text.split('.') }
  }

  #text(token: Token): string {
    const { text } = token
    if (text.length < 2 || !text.endsWith('"'))
      throw new SyntaxFault('A text has no end.', token, true)
    try {
      return JSON.parse(text.replaceAll('\n', '\\n').replaceAll('\r', '')) as string
    } catch {
      throw this.#fault('text as in JSON')
    }
  }

  get #next(): Token {
    return this.#tokens[this.#at]!
  }

  #refused(where: Token): SpellError {
    return new SpellError('VALUE_UNSUPPORTED', `The key '${KEY}' is not allowed.`, { where })
  }

  #fault(expected: string, token = this.#next): SyntaxFault {
    const found = token.text === '' ? 'the end' : `'${token.text}'`
    return new SyntaxFault(`Expected ${expected}, found ${found}.`, token, token.text === '')
  }
}
