export type Kind = 'plain' | 'keyword' | 'global' | 'string' | 'number' | 'comment'

export interface Token {
  readonly kind: Kind
  readonly text: string
}

/** What a line leaves open for the next one. */
export type Open =
  | { readonly in: 'comment' | 'string'; readonly end: string }
  | { readonly in: 'quote'; readonly end: string }
  | { readonly in: 'template' }
  | { readonly in: 'hole'; depth: number }

/** From one line to the next; `[]` is a fresh start. */
export type State = readonly Open[]

/** How a backslash in a string in quotes works. */
export interface Escapes {
  /** What it takes along. */
  readonly takes: RegExp
  /** What of that lets the string go on in the next line. */
  readonly goesOn: RegExp
}

/** A place in a text, and what was found before it. */
export class Scan {
  readonly open: Open[]
  readonly tokens: Token[] = []
  readonly #text: string
  #at = 0

  constructor(text: string, state: State) {
    this.#text = text
    this.open = state.map((one) => ({ ...one }))
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  /** The character here; empty at the end. */
  get next(): string {
    const point = this.#text.codePointAt(this.#at)
    return point === undefined ? '' : String.fromCodePoint(point)
  }

  /** Takes what a sticky pattern finds here. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found) this.#at += found.length
    return found || undefined
  }

  char(): string {
    const char = this.next
    this.#slice('plain', this.#at + char.length)
    return char
  }

  add(kind: Kind, text: string): void {
    if (text !== '') this.tokens.push({ kind, text })
  }

  /** Takes all up to and with `end`, or to the end of the text, and then stays open. */
  until(kind: Kind, end: string): void {
    const found = this.#text.indexOf(end, this.#at)
    if (found >= 0) this.open.pop()
    this.#slice(kind, found < 0 ? this.#text.length : found + end.length)
  }

  /** The rest of a string in quotes. It ends with its line, unless a backslash lets it go on. */
  quoted(end: string, escapes: Escapes): void {
    const start = this.#at
    const isOpen = this.#toEnd(end, escapes)
    if (!isOpen) this.open.pop()
    this.add('string', this.#text.slice(start, this.#at))
  }

  /** True where the text ends, and the string does not. */
  #toEnd(end: string, { takes, goesOn }: Escapes): boolean {
    while (!this.done) {
      const char = this.#text[this.#at]!
      if (char === '\n') return false
      this.#at++
      if (char === end) return false
      if (char !== '\\') continue
      const taken = this.take(takes) ?? ''
      if (this.done) return goesOn.test(taken)
    }
    return false
  }

  /** Text of a template, up to its end or to the next hole. */
  template(): void {
    const start = this.#at
    for (; !this.done; this.#at++) {
      const char = this.#text[this.#at]!
      if (char === '\\') this.#at++
      else if (char === '`') {
        this.open.pop()
        return this.#slice('string', this.#at + 1, start)
      }
      if (char === '$' && this.#text[this.#at + 1] === '{') {
        this.open.push({ in: 'hole', depth: 0 })
        return this.#slice('string', this.#at + 2, start)
      }
    }
    this.#slice('string', this.#text.length, start)
  }

  #slice(kind: Kind, end: number, start = this.#at): void {
    this.add(kind, this.#text.slice(start, end))
    this.#at = end
  }
}
