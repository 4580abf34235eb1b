import { SpellError, type Value } from '@llmspell/sdk'
import { SyntaxFault, tokensOf, type Node, type Statement, type Token } from './syntax.ts'

const MAX_DEPTH = 100

/** The statements of a script, one a line. @throws SCRIPT_SYNTAX with the place */
export function parse(source: string, file: string): Statement[] {
  return source.split(/\r?\n/).flatMap((text, index) => {
    const tokens = tokensOf(text)
    return tokens.length > 1 ? [new LineParser(tokens, file, index + 1).statement()] : []
  })
}

class LineParser {
  readonly #tokens: readonly Token[]
  readonly #file: string
  readonly #line: number
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], file: string, line: number) {
    this.#tokens = tokens
    this.#file = file
    this.#line = line
  }

  statement(): Statement {
    const [first, second] = this.#tokens as [Token, Token]
    const sets = first.type === 'name' && second.text === '='
    const returns = first.text === 'return'
    if (sets || returns) this.#at = sets ? 2 : 1
    const node = this.#sum()
    if (this.#next.type !== 'end') throw this.#fault('the end of the line')
    return { line: this.#line, target: sets || returns ? first.text : undefined, node }
  }

  get #next(): Token {
    return this.#tokens[this.#at]!
  }

  #sum(): Node {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#primary()))
  }

  #chain(operators: readonly string[], part: () => Node): Node {
    let left = part()
    while (operators.includes(this.#next.text)) {
      const operator = this.#take().text
      left = { type: 'sum', operator, left, right: part() }
    }
    return left
  }

  #primary(): Node {
    if (++this.#depth > MAX_DEPTH) throw this.#fault('less depth')
    let node = this.#atom()
    for (;;) {
      if (this.#takes('.')) node = { type: 'member', of: node, name: this.#name() }
      else if (this.#takes('(')) node = { type: 'call', of: node, args: this.#list(')') }
      else break
    }
    this.#depth--
    return node
  }

  #atom(): Node {
    const { type, text } = this.#take()
    if (type === 'number') return { type: 'value', value: Number(text) }
    if (type === 'text') return { type: 'value', value: this.#json(text) }
    if (type === 'name')
      return ['true', 'false', 'null'].includes(text)
        ? { type: 'value', value: JSON.parse(text) as Value }
        : { type: 'name', name: text }
    if (text === '-') return { type: 'sum', operator: '-', left: ZERO, right: this.#primary() }
    if (text === '[') return { type: 'list', items: this.#list(']') }
    if (text === '{') return { type: 'map', entries: this.#entries() }
    if (text === '(') return this.#closed(this.#sum())
    this.#at--
    throw this.#fault('a value')
  }

  #closed(node: Node): Node {
    this.#expect(')')
    return node
  }

  #list(end: string): Node[] {
    const items: Node[] = []
    while (!this.#takes(end)) {
      if (items.length > 0) this.#expect(',')
      items.push(this.#sum())
    }
    return items
  }

  #entries(): (readonly [string, Node])[] {
    const entries: (readonly [string, Node])[] = []
    while (!this.#takes('}')) {
      if (entries.length > 0) this.#expect(',')
      const { type, text } = this.#take()
      if (type !== 'text') throw this.#fault('a key in quotes')
      this.#expect(':')
      entries.push([this.#key(text), this.#sum()])
    }
    return entries
  }

  #key(text: string): string {
    const key = this.#json(text) as string
    // Only the host makes objects of its own.
    if (key !== '$llmspell') return key
    const where = { file: this.#file, line: this.#line }
    throw new SpellError('VALUE_UNSUPPORTED', `The key '${key}' is not allowed.`, { where })
  }

  #json(text: string): Value {
    try {
      return JSON.parse(text) as Value
    } catch {
      throw this.#fault('text as in JSON')
    }
  }

  #name(): string {
    const { type, text } = this.#take()
    if (type !== 'name') throw this.#fault('a name')
    return text
  }

  #take(): Token {
    const token = this.#next
    if (token.type === 'end') throw this.#fault('more')
    this.#at++
    return token
  }

  #takes(text: string): boolean {
    if (this.#next.text !== text || this.#next.type !== 'sign') return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw this.#fault(`'${text}'`)
  }

  #fault(expected: string): SyntaxFault {
    const { type, text, column } = this.#next
    const message = `Expected ${expected}, found '${text}'.`
    return new SyntaxFault(message, this.#file, this.#line, column, type === 'end')
  }
}

const ZERO: Node = { type: 'value', value: 0 }
