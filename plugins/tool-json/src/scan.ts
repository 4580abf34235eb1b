import { printable } from '@llmspell/sdk'
import { jsonError, type JsonCode } from './errors.ts'
import { MAX_DEPTH, MAX_PARTS } from './limits.ts'
import { excerpt, positionOf } from './position.ts'
import { REFUSED } from './size.ts'

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
// oxlint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001F]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const WORD = /true|false|null/y
/**
 * Walks a JSON text by the grammar of RFC 8259 and by what JSON.parse passes over in silence.
 * @throws JSON_SYNTAX, JSON_VALUE, JSON_LIMIT with line and column
 */
export function scan(text: string): void {
  new Scanner(text).document()
}

class Scanner {
  readonly #text: string
  #at = 0
  #parts = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): void {
    if (this.#text.startsWith('\uFEFF'))
      throw this.#fault('JSON_SYNTAX', 'found a byte order mark', 'Leave out the first character.')
    this.#value(1)
    this.#space()
    if (this.#at < this.#text.length) throw this.#expected('the end of the text')
  }

  #value(depth: number): void {
    this.#space()
    if (++this.#parts > MAX_PARTS) throw this.#limit(`more than ${MAX_PARTS} members and elements`)
    const char = this.#text[this.#at]
    if (char === '"') void this.#string()
    else if (char === '{' || char === '[') this.#nested(char, depth)
    else if (!this.#number() && this.#take(WORD) === undefined) throw this.#expected('a value')
  }

  #nested(open: '{' | '[', depth: number): void {
    if (depth > MAX_DEPTH) throw this.#limit(`more than ${MAX_DEPTH} levels`)
    this.#at++
    this.#space()
    if (this.#skip(open === '{' ? '}' : ']')) return
    if (open === '{') this.#members(depth)
    else this.#elements(depth)
  }

  #elements(depth: number): void {
    do this.#value(depth + 1)
    while (this.#another(']'))
  }

  #members(depth: number): void {
    const names = new Set<string>()
    do {
      this.#space()
      this.#name(names)
      this.#space()
      if (!this.#skip(':')) throw this.#expected("':'")
      this.#value(depth + 1)
    } while (this.#another('}'))
  }

  #name(names: Set<string>): void {
    const start = this.#at
    if (this.#text[start] !== '"') throw this.#expected('a name in double quotes')
    const name = this.#string()
    const shown = `'${printable(name, 60)}'`
    const [fault, hint] = REFUSED.has(name)
      ? [`found the name ${shown}, which means something to the host`, 'Rename this member.']
      : [`found the name ${shown} twice in one object`, 'Keep one of the two members.']
    if (REFUSED.has(name) || names.has(name)) throw this.#fault('JSON_VALUE', fault, hint, start)
    names.add(name)
  }

  /** True after a comma, false after the end. */
  #another(close: '}' | ']'): boolean {
    this.#space()
    if (this.#skip(',')) return true
    if (this.#skip(close)) return false
    throw this.#expected(`',' or '${close}'`)
  }

  #string(): string {
    const start = this.#at++
    let escaped = false
    for (;;) {
      this.#take(PLAIN)
      if (this.#skip('"')) break
      if (this.#take(ESCAPE) === undefined) throw this.#expected(this.#expectedInText())
      escaped = true
    }
    const raw = this.#text.slice(start, this.#at)
    const value = escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1)
    if (value.isWellFormed()) return value
    const fault = 'found half of a surrogate pair in a text'
    throw this.#fault('JSON_VALUE', fault, 'Write the whole character.', start)
  }

  #expectedInText(): string {
    return this.#text[this.#at] === '\\' ? 'an escape of JSON' : "'\"' at the end of the text"
  }

  #number(): boolean {
    const start = this.#at
    const match = this.#take(NUMBER)
    if (match === undefined) return false
    const isWhole = match[1] === undefined && match[2] === undefined
    const number = Number(match[0])
    const shown = printable(match[0], 40)
    const hint = 'Write it as a text, in double quotes.'
    if (!Number.isFinite(number))
      throw this.#fault('JSON_VALUE', `the number ${shown} is too large`, hint, start)
    if (isWhole && !isKept(match[0], number))
      throw this.#fault(
        'JSON_VALUE',
        `the integer ${shown} is beyond 2^53 and would become another`,
        hint,
        start,
      )
    return true
  }

  #space(): void {
    this.#take(SPACE)
  }

  #skip(char: string): boolean {
    const found = this.#text[this.#at] === char
    if (found) this.#at++
    return found
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at = pattern.lastIndex
    return match ?? undefined
  }

  #expected(expected: string) {
    const char = this.#text.codePointAt(this.#at)
    const found =
      char === undefined ? 'the end of the text' : `'${printable(String.fromCodePoint(char))}'`
    const hint = `Correct it here:\n${excerpt(this.#text, this.#at)}`
    return this.#fault('JSON_SYNTAX', `expected ${expected}, found ${found}`, hint)
  }

  #limit(found: string) {
    return this.#fault('JSON_LIMIT', `found ${found}`, 'Give a smaller or flatter document.')
  }

  #fault(code: JsonCode, found: string, hint: string, at = this.#at) {
    const { line, column } = positionOf(this.#text, at)
    const place = `at line ${line}, column ${column}`
    const message = `The JSON 'text' cannot be taken ${place}: ${found}.`
    return jsonError(code, message, { hint, details: { line, column, offset: at } })
  }
}

/** True where a double holds the very number, or prints as it is written. */
function isKept(digits: string, number: number): boolean {
  return (
    Number.isSafeInteger(number) || String(number) === digits || BigInt(digits) === BigInt(number)
  )
}
