/** A word of a source that stands in no bracket, text or comment. */
export interface Word {
  readonly text: string
  readonly index: number
  /** The character before it that is no space; empty at the start. */
  readonly before: string
  /** The character behind it that is no space. */
  readonly after: string
}

const SKIPPED = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|'(?:[^'\\\n]|\\[^])*'?|"(?:[^"\\\n]|\\[^])*"?/y
// No longer than people write them: a line of openings without an end would be read again from each of them.
const REGEX = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,400}\]){1,1000}\/[a-z]*/y
const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy
const BEFORE_REGEX = /[(,=:[!&|?{};+\-*%~^<>]|^$/

/** Reads a source from its start to its end. It knows no more of the language than finding words needs. */
export class Scanner {
  readonly #source: string
  readonly #open: string[] = []
  #at = 0
  /** The last character that was no space; a quote for a whole text or pattern. */
  #before = ''
  /** Where the first bracket is closed that was not opened. */
  stray: number | undefined

  constructor(source: string) {
    this.#source = source
  }

  /** The words outside of all brackets. */
  *words(): Generator<Word> {
    while (this.#at < this.#source.length) {
      if (this.#skip() || this.#template()) continue
      const word = this.#word()
      if (word) yield word
    }
  }

  /** Comments, texts and patterns. */
  #skip(): boolean {
    const regex = BEFORE_REGEX.test(this.#before) ? match(REGEX, this.#source, this.#at) : undefined
    const skipped = match(SKIPPED, this.#source, this.#at) ?? regex
    if (skipped === undefined) return false
    if (!/^\/[/*]/.test(skipped)) this.#before = '"'
    this.#at += skipped.length
    return true
  }

  /** A part of a template: from its quote or the end of code in it. */
  #template(): boolean {
    const char = this.#source[this.#at]
    const goesOn = char === '}' && this.#open.at(-1) === '`'
    if (char !== '`' && !goesOn) return false
    if (goesOn) this.#open.pop()
    this.#at = templateEnd(this.#source, this.#at + 1)
    const code = this.#source[this.#at - 1] === '{'
    if (code) this.#open.push('`')
    this.#before = code ? '{' : '"'
    return true
  }

  #word(): Word | undefined {
    const [index, before] = [this.#at, this.#before]
    const text = match(WORD, this.#source, index)
    if (text === undefined) {
      this.#sign(this.#source[index]!)
      return undefined
    }
    this.#at += text.length
    this.#before = text.at(-1)!
    if (this.#open.length > 0) return undefined
    return { text, index, before, after: this.#source.slice(this.#at).trimStart()[0] ?? '' }
  }

  #sign(char: string): void {
    this.#at++
    if ('([{'.includes(char)) this.#open.push(char)
    else if (')]}'.includes(char) && !this.#open.pop()) this.stray ??= this.#at - 1
    if (!/\s/.test(char)) this.#before = char
  }
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

/** Behind the part of a template that begins at `at`: its end, or an opening of code in it. */
function templateEnd(source: string, at: number): number {
  for (let i = at; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === '`') return i + 1
    else if (source.startsWith('${', i)) return i + 2
  }
  return source.length
}

/** True for a source with imports or exports of its own. */
export function isModule(source: string): boolean {
  if (!/\b(?:import|export)\b/.test(source)) return false
  for (const { text, before, after } of new Scanner(source).words()) {
    if (before === '.') continue
    if (text === 'export' && /[{*\w$]/.test(after)) return true
    if (text === 'import' && /[{*\w$'"]/.test(after)) return true
  }
  return false
}

/** Where a source closes a bracket that it has not opened. */
export function strayBracket(source: string): number | undefined {
  const scanner = new Scanner(source)
  for (const _ of scanner.words()) if (scanner.stray !== undefined) break
  return scanner.stray
}
