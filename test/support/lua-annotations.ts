/** What is wrong with a line of annotations for the Lua language server. */
export interface Fault {
  readonly line: number
  readonly text: string
}

const WORDS = new Set(['any', 'nil', 'string', 'number', 'integer', 'boolean', 'table', 'T'])
const TAG = /^\s*---@(\w+)\s*(.*)$/

/** Checks a file of annotations: known tags, types that read, and no name that nobody declares. */
export function faults(text: string): readonly Fault[] {
  const lines = text.split('\n')
  const known = new Set([...WORDS, ...declared(lines)])
  return lines.flatMap((line, i) => {
    const [, tag, rest] = TAG.exec(line) ?? []
    const fault = tag === undefined ? undefined : faultOf(tag, rest!, known)
    return fault === undefined ? [] : [{ line: i + 1, text: `${fault}: ${line.trim()}` }]
  })
}

function declared(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^\s*---@(?:class|alias)\s+([\w.]+)/.exec(line)?.[1] ?? [])
}

const FORMS: Readonly<Record<string, RegExp>> = {
  meta: /^[\w.]+$/,
  class: /^[\w.]+(?:: (?<type>[\w.]+))?$/,
  alias: /^[\w.]+ (?<type>.+)$/,
  field: /^(?:\w+\??|\['[^']+'\]\??|\[string\]) (?<type>.+)$/,
  param: /^(?:\w+\??|\.\.\.) (?<type>.+)$/,
  return: /^(?<type>.+)$/,
  type: /^(?<type>.+)$/,
  overload: /^(?<type>fun\(.*)$/,
  operator: /^(?:concat|len): (?<type>\w+)$/,
  generic: /^T: (?<type>\w+)$/,
}

function faultOf(tag: string, rest: string, known: ReadonlySet<string>): string | undefined {
  const form = FORMS[tag]
  if (!form) return 'an unknown tag'
  const match = form.exec(rest)
  if (!match) return 'a wrong form'
  const type = match.groups?.['type']
  if (type === undefined) return undefined
  try {
    new TypeReader(type, known).read()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const TOKEN = /\s*("[^"]*"|'[^']*'|\.\.\.|[\w.]+|\[\]|[^\s\w])/y

/** Reads one type from the start of a text; what follows is a remark. */
class TypeReader {
  readonly #text: string
  readonly #known: ReadonlySet<string>
  #at = 0

  constructor(text: string, known: ReadonlySet<string>) {
    this.#text = text
    this.#known = known
  }

  read(): void {
    do {
      this.#one()
      while (this.#take('[]') || this.#takeTight('?')) continue
    } while (this.#take('|'))
  }

  #one(): void {
    if (this.#take('(')) return this.#closed(')')
    if (this.#take('{')) return this.#list('}', true)
    const word = this.#next()
    if (word === undefined) throw new Error('a type is missing')
    if (/^["']/.test(word) || /^(?:true|false|-?\d.*)$/.test(word)) return
    if (word === 'fun') return this.#fun()
    if (!this.#known.has(word)) throw new Error(`'${word}' is not declared`)
    if (this.#take('<')) this.#list('>', false)
  }

  #closed(end: string): void {
    this.read()
    this.#expect(end)
  }

  #fun(): void {
    this.#expect('(')
    this.#list(')', true)
    if (this.#take(':')) this.read()
  }

  /** Types with commas between them, with names before them where there are some. */
  #list(end: string, named: boolean): void {
    if (this.#take(end)) return
    do {
      if (named) this.#name()
      else this.read()
    } while (this.#take(','))
    this.#expect(end)
  }

  #name(): void {
    if (this.#take('[')) {
      this.#next()
      this.#expect(']')
    } else if (this.#next() === '...') return
    this.#take('?')
    this.#expect(':')
    this.read()
  }

  #peek(): string | undefined {
    TOKEN.lastIndex = this.#at
    return TOKEN.exec(this.#text)?.[1]
  }

  #next(): string | undefined {
    const token = this.#peek()
    if (token !== undefined) this.#at = TOKEN.lastIndex
    return token
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false
    this.#next()
    return true
  }

  /** A mark that belongs to the type only where it follows at once. */
  #takeTight(token: string): boolean {
    return this.#text[this.#at] === token && this.#take(token)
  }

  #expect(token: string): void {
    const found = this.#next()
    if (found !== token) throw new Error(`'${token}' expected, found '${found ?? 'the end'}'`)
  }
}
