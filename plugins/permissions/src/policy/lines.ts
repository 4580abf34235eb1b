/** Where things stand in a TOML text: key paths as `allow.read`, values of lists below them. */
export interface Lines {
  /** Line of a key, from 1; the nearest one above where the key itself is not found. */
  ofKey(path: string, nth?: number): number
  /** Line of one text in the list of a key. `nth` counts the same key again, as in `[[projects]]`. */
  ofValue(path: string, value: string, nth?: number): number
}

interface Spot {
  readonly path: string
  readonly nth: number
  readonly line: number
  /** The texts that stand on it and on the lines that it goes on over. */
  readonly values: { readonly text: string; readonly line: number }[]
}

const HEADER = /^\s*\[(\[?)\s*([^[\]]+?)\s*\]\]?\s*(?:#.*)?$/
const KEY = /^\s*((?:[\w*-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w*-]+|"[^"]*"|'[^']*'))*)\s*=/
const TEXT = /"((?:[^"\\]|\\.)*)"|'([^']*)'/g

/** The places of a text that is known to be TOML: its parser tells none. */
export function linesOf(source: string): Lines {
  const spots = scan(source.split(/\r?\n/))
  const find = (path: string, nth?: number): Spot | undefined =>
    spots.find((spot) => spot.path === path && (nth === undefined || spot.nth === nth))
  const ofKey = (path: string, nth?: number): number => {
    const found = find(path, nth)
    if (found) return found.line
    const dot = path.lastIndexOf('.')
    return dot < 0 ? 1 : ofKey(path.slice(0, dot), nth)
  }
  return {
    ofKey,
    ofValue(path, value, nth) {
      const own = find(path, nth)
      // In a table on one line the key has no line of its own.
      const spot = own ?? find(path.slice(0, path.lastIndexOf('.')), nth)
      return spot?.values.find(({ text }) => text === value)?.line ?? ofKey(path, nth)
    },
  }
}

function scan(rows: readonly string[]): readonly Spot[] {
  const scanner = new Scanner(rows)
  rows.forEach((row, i) => scanner.take(row, i + 1))
  return scanner.spots
}

class Scanner {
  readonly spots: Spot[] = []
  readonly #rows: readonly string[]
  #table = ''
  #nth = 0
  #key: Spot | undefined

  constructor(rows: readonly string[]) {
    this.#rows = rows
  }

  take(row: string, line: number): void {
    // A row of a list may look like a header or a key.
    const inList = this.#key !== undefined && isOpen(this.#rows, this.#key.line, line)
    const header = inList ? undefined : HEADER.exec(row)
    if (header) return this.#open(plain(header[2]!), header[1] !== '', line)
    const key = inList ? undefined : KEY.exec(row)
    if (key) this.#key = this.#add([this.#table, plain(key[1]!)].filter(Boolean).join('.'), line)
    const rest = key ? row.slice(key[0].length) : row
    for (const text of textsOf(rest)) this.#key?.values.push({ text, line })
  }

  #open(table: string, array: boolean, line: number): void {
    this.#table = table
    if (array) this.#nth = this.spots.filter(({ path }) => path === table).length
    this.#add(table, line)
    this.#key = undefined
  }

  #add(path: string, line: number): Spot {
    const spot = { path, nth: this.#nth, line, values: [] }
    this.spots.push(spot)
    return spot
  }
}

/** Whether the value that begins on a line goes on to another. */
function isOpen(rows: readonly string[], from: number, to: number): boolean {
  const text = rows
    .slice(from - 1, to - 1)
    .map((row) => row.replaceAll(TEXT, '').replace(/#.*/, ''))
    .join('\n')
  const value = text.slice(text.indexOf('=') + 1)
  return count(value, /\[/g) > count(value, /\]/g)
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

function textsOf(row: string): string[] {
  return [...row.matchAll(TEXT)].map(([, basic, literal]) => literal ?? unescaped(basic!))
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return text
  }
}

function plain(key: string): string {
  return key
    .split('.')
    .map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .join('.')
}
