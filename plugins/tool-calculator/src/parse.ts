import { limit, syntax } from './errors.ts'
import { meantComma } from './look-alikes.ts'
import { tokenize } from './tokens.ts'
import type { Token } from './tokens.ts'

const MAX_DEPTH = 100

/** One step of a program for a stack: push a number or a name's value, or replace operands by a result. */
export type Step =
  | { readonly op: 'number'; readonly text: string }
  | { readonly op: 'name'; readonly name: string; readonly at: number }
  | { readonly op: 'call'; readonly name: string; readonly count: number; readonly at: number }
  | { readonly op: 'unary'; readonly sign: '-' | 'percent' }
  | { readonly op: 'binary'; readonly sign: Binary }

export type Binary = '+' | '-' | '*' | '/' | '%' | '^' | 'of'

// How strongly an operator holds its left side. `^` is taken from the right, and before a minus: -2^2 is -4.
const LEFT: Readonly<Record<string, number>> = {
  '+': 1,
  '-': 1,
  '*': 2,
  '/': 2,
  '%': 2,
  of: 2,
  '^': 4,
}
const MINUS = 3

/** @throws CALC_SYNTAX, CALC_LIMIT */
export function parse(expression: string): readonly Step[] {
  const parser = new Parser(expression)
  return parser.program()
}

class Parser {
  readonly #expression: string
  readonly #tokens: readonly Token[]
  readonly #steps: Step[] = []
  #next = 0
  #depth = 0

  constructor(expression: string) {
    this.#expression = expression
    this.#tokens = tokenize(expression)
  }

  program(): readonly Step[] {
    this.#part(0)
    if (this.#token.kind !== 'end') throw this.#unexpected('an operator')
    return this.#steps
  }

  get #token(): Token {
    return this.#tokens[this.#next]!
  }

  /** An operand and all that holds it more strongly than `strength`. */
  #part(strength: number): void {
    if (++this.#depth > MAX_DEPTH)
      throw limit('The expression is nested too deeply', `${MAX_DEPTH} levels`)
    this.#operand()
    for (;;) {
      const { kind, text: sign } = this.#token
      if (sign === '%' && this.#isPercent()) this.#percent()
      else if (kind === 'sign' && (LEFT[sign] ?? 0) > strength) this.#binary(sign as Binary)
      else break
    }
    this.#depth--
  }

  #binary(sign: Binary): void {
    this.#next++
    this.#part(sign === '^' ? LEFT[sign]! - 1 : LEFT[sign]!)
    this.#steps.push({ op: 'binary', sign })
  }

  /** `17%` unless an operand follows: then it is the remainder. */
  #isPercent(): boolean {
    const after = this.#tokens[this.#next + 1]!
    if (after.kind === 'name') return after.text === 'of'
    if (after.text === '-' || after.text === '+') return !this.#isUnary(after)
    return after.kind !== 'number' && after.text !== '('
  }

  /** After a `%` only the space tells: `7 % -3` has a sign of the number, `10% - 3` an operator. */
  #isUnary({ at }: Token): boolean {
    return this.#tokens[this.#next + 2]!.at === at + 1
  }

  #percent(): void {
    this.#next++
    // `17% of x` multiplies first, so that whole numbers give the nearest value there is.
    if (this.#token.text === 'of') {
      this.#binary('of')
    } else this.#steps.push({ op: 'unary', sign: 'percent' })
  }

  #operand(): void {
    const { kind, text, at } = this.#token
    if (kind === 'number') this.#take({ op: 'number', text })
    else if (kind === 'name' && text !== 'of') this.#named(text, at)
    else if (text === '(') this.#group()
    else if (text === '-' || text === '+') this.#signed(text)
    else throw this.#unexpected('a number, a name or (')
  }

  #take(step: Step): void {
    this.#next++
    this.#steps.push(step)
  }

  #group(): void {
    this.#next++
    this.#part(0)
    this.#expect(')')
  }

  #signed(sign: '-' | '+'): void {
    this.#next++
    this.#part(MINUS)
    if (sign === '-') this.#steps.push({ op: 'unary', sign })
  }

  #named(name: string, at: number): void {
    this.#next++
    if (this.#token.text !== '(') {
      this.#steps.push({ op: 'name', name, at })
      return
    }
    this.#next++
    const count = this.#arguments()
    this.#steps.push({ op: 'call', name, count, at })
  }

  #arguments(): number {
    let count = 0
    while (this.#token.text !== ')' || count > 0) {
      this.#part(0)
      count++
      if (this.#token.text !== ',') break
      this.#next++
    }
    this.#expect(')')
    return count
  }

  #expect(sign: string): void {
    if (this.#token.text !== sign) throw this.#unexpected(`${sign}`)
    this.#next++
  }

  #unexpected(expected: string) {
    const { kind, text, at } = this.#token
    const found = kind === 'end' ? 'the end' : `'${text}'`
    return syntax(this.#expression, at, expected, found, text === ',' ? this.#comma() : '')
  }

  #comma(): string {
    const [before, after] = [this.#tokens[this.#next - 1], this.#tokens[this.#next + 1]]
    return meantComma(before?.text ?? '', after?.text ?? '')
  }
}
