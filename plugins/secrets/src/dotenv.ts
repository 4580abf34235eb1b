/** What `.env` says, and the lines that could not be read; they count for nothing. */
export interface Dotenv {
  readonly values: ReadonlyMap<string, string>
  /** From 1. */
  readonly faults: readonly number[]
}

const HEAD = /[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*/y
const BLANK = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y
const LITERAL = /'([^'\n]*)'/y
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y
const PLAIN = /[^\n]*/y
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$',
}

/**
 * Lines `NAME=value`, `export` before it, comments behind `#`. `'…'` is literal, `"…"` may go over lines and knows
 * `\n \r \t \" \\ \$`, anything else ends at its line or at a blank and `#`. Nothing is expanded; the last of two wins.
 */
export function parseDotenv(source: string): Dotenv {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const reader = new Reader(text)
  const values = new Map<string, string>()
  const faults: number[] = []
  while (!reader.atEnd) {
    if (reader.take(BLANK)) continue
    const entry = reader.entry()
    if (entry) values.set(...entry)
    else faults.push(reader.skipLine())
  }
  return { values, faults }
}

class Reader {
  readonly #text: string
  #at = 0
  #line = 1
  #counted = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found) this.#at = pattern.lastIndex
    return found ?? undefined
  }

  /** One whole entry, or nothing and the place as it was. */
  entry(): [string, string] | undefined {
    const start = this.#at
    const name = this.take(HEAD)?.[1]
    const value = name === undefined ? undefined : this.#value()
    if (name !== undefined && value !== undefined) return [name, value]
    this.#at = start
    return undefined
  }

  /** The number of the line that was skipped. */
  skipLine(): number {
    const line = this.#lineAt(this.#at)
    this.take(PLAIN)
    this.#at++
    return line
  }

  #value(): string | undefined {
    const first = this.#text[this.#at]
    if (first === '`') return undefined
    if (first === "'") return this.#closed(this.take(LITERAL)?.[1])
    if (first === '"') return this.#closed(unescaped(this.take(QUOTED)?.[1]))
    return plain(this.take(PLAIN)![0])
  }

  /** Behind a closing quote only a comment may follow. */
  #closed(value: string | undefined): string | undefined {
    if (value === undefined || value.includes('\0')) return undefined
    return this.take(BLANK) ? value : undefined
  }

  #lineAt(place: number): number {
    for (; this.#counted < place; this.#counted++)
      if (this.#text[this.#counted] === '\n') this.#line++
    return this.#line
  }
}

function plain(line: string): string | undefined {
  if (line.includes('\0')) return undefined
  const comment = /^#|[ \t]#/.exec(line)
  return (comment ? line.slice(0, comment.index) : line).trim()
}

/** Undefined for an escape that nobody defined: better no value than another one. */
function unescaped(inner: string | undefined): string | undefined {
  if (inner === undefined) return undefined
  let known = true
  const text = inner.replaceAll(/\\([^])/g, (whole, char: string) => {
    const meant = ESCAPES[char]
    known &&= meant !== undefined
    return meant ?? whole
  })
  return known ? text : undefined
}
