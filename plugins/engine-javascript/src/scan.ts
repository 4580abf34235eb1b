/** A word of a source that stands in no bracket, text or comment. */
interface Word {
  readonly text: string
  readonly index: number
  /** The character before it that is no space; empty at the start. */
  readonly before: string
  /** The character behind it that is no space. */
  readonly after: string
}

const SKIPPED = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|'(?:[^'\\\n]|\\[^])*'?|"(?:[^"\\\n]|\\[^])*"?/y
const REGEX = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy
const BEFORE_REGEX = /[(,=:[!&|?{};+\-*%~^<>]|^$/

/** The words of a source outside of all brackets. It reads no more of the language than that needs. */
function* outerWords(source: string): Generator<Word> {
  const open: string[] = []
  let before = ''
  for (let at = 0; at < source.length;) {
    const char = source[at]!
    const skipped = match(SKIPPED, source, at)
    if (skipped !== undefined) {
      if (!/^\/[/*]/.test(skipped)) before = '"'
      at += skipped.length
    } else if (char === '`' || (char === '}' && open.at(-1) === '`')) {
      if (char === '}') open.pop()
      const end = templateEnd(source, at + 1)
      if (source[end - 1] === '{') open.push('`')
      else before = '"'
      at = end
    } else if (char === '/' && BEFORE_REGEX.test(before) && match(REGEX, source, at)) {
      at += match(REGEX, source, at)!.length
      before = '"'
    } else {
      const text = match(WORD, source, at)
      if (text !== undefined && open.length === 0) {
        const after = source.slice(at + text.length).trimStart()[0] ?? ''
        yield { text, index: at, before, after }
      }
      if ('([{'.includes(char)) open.push(char)
      else if (')]}'.includes(char)) open.pop()
      if (!/\s/.test(char)) before = text === undefined ? char : text.at(-1)!
      at += text?.length ?? 1
    }
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
  for (const { text, before, after } of outerWords(source)) {
    if (before === '.') continue
    if (text === 'export' && /[{*\w$]/.test(after)) return true
    if (text === 'import' && /[{*\w$'"]/.test(after)) return true
  }
  return false
}

const BEGINS = /^[;})\]"'\w$]?$/

/** The entry of a REPL with declarations that the next entry can see and repeat: `let x` becomes `var x`. */
export function persistent(source: string): string {
  let result = ''
  let done = 0
  for (const { text, index, before, after } of outerWords(source)) {
    if (text === 'class' && BEGINS.test(before) && startsLine(source, index)) {
      const name = /^class\s+([\w$]+)/.exec(source.slice(index))?.[1]
      if (name === undefined || name === 'extends') continue
      result += `${source.slice(done, index)}var ${name}=class`
      done = index + text.length
    } else if (
      (text === 'let' || text === 'const') &&
      before !== '.' &&
      /[\p{ID_Start}$_{[]/u.test(after)
    ) {
      result += `${source.slice(done, index)}var`
      done = index + text.length
    }
  }
  return result + source.slice(done)
}

/** A statement can only begin at the start of a line or behind a semicolon or a block. */
function startsLine(source: string, index: number): boolean {
  return /(?:^|[;}\n])[ \t]*$/.test(source.slice(0, index))
}
