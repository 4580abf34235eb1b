import { JsonFault, readJsonAt } from './header-json.ts'

/** What the comment at the top of a file says. */
export interface Header {
  readonly value: Record<string, unknown>
  /** The line of a path such as `contributes.points[0]`, or of what holds it. */
  lineOf(path: string): number
}

/** Why a file has no header that can be read. */
export interface HeaderFault {
  readonly line: number
  readonly column: number
  readonly text: string
  readonly hint: string
}

/** Characters in which the header must end. */
export const LONGEST_HEADER = 64 * 1024

const FIRST = /^\uFEFF?(?:#![^\n]*(?:\n|$))?\s*/
const OPENS = /(?:--\[(=*)\[|\/\*)\s*llmspell(?=[\s{])/y
const ANY = /^[ \t]*(?:--\[=*\[|\/\*)\s*llmspell(?=[\s{])/gm
const JSON_HINT =
  'Its JSON has keys and text in double quotes, no comments, and no comma behind the last.'
const HINT = 'Begin the file with a comment: /* llmspell { "version": "1.0.0" } */'

/**
 * Reads the header of a file: a comment at its top, of a kind that languages have, with `llmspell` and an object of JSON
 * in it. Never throws.
 */
export function readHeader(text: string): Header | HeaderFault {
  try {
    return header(text)
  } catch (error) {
    if (error instanceof JsonFault) return placed(text, error)
    throw error
  }
}

export function isFault(read: Header | HeaderFault): read is HeaderFault {
  return 'text' in read
}

function header(text: string): Header {
  const start = FIRST.exec(text)![0].length
  OPENS.lastIndex = start
  const opened = OPENS.exec(text)
  if (!opened) throw absent(text, start)
  const close = opened[0].startsWith('/*') ? '*/' : `]${opened[1]}]`
  const from = start + opened[0].length
  const end = text.indexOf(close, from)
  if (end < 0 || end > LONGEST_HEADER) throw endless(text, start, close)
  const { value, places } = inComment(text, from, end, close)
  refuseSecond(text, end)
  return { value, lineOf: (path) => placeOf(text, nearest(places, path) ?? start).line }
}

function inComment(text: string, from: number, end: number, close: string) {
  const read = readUpTo(text, from, end, close)
  const rest = text.slice(read.end, end).trimStart()
  if (rest === '') return read
  throw new JsonFault(end - rest.length, `'${close}' behind the object`, JSON.stringify(rest[0]))
}

function readUpTo(text: string, from: number, end: number, close: string) {
  try {
    return readJsonAt(text.slice(0, end), from)
  } catch (error) {
    if (error instanceof JsonFault && error.at >= end)
      throw new JsonFault(end, `${error.expected}, before the comment ends`, `'${close}'`)
    throw error
  }
}

function refuseSecond(text: string, end: number): void {
  ANY.lastIndex = end
  const second = ANY.exec(text)
  if (second) throw new JsonFault(second.index, 'one header', 'a second one')
}

function absent(text: string, start: number): JsonFault {
  ANY.lastIndex = start
  const later = ANY.exec(text)
  if (later) return new JsonFault(later.index, 'the header at the top of the file', 'it here')
  return new JsonFault(start, 'a header comment at the top of the file', 'none')
}

function endless(text: string, start: number, close: string): JsonFault {
  const found = text.length > LONGEST_HEADER ? 'a longer one' : 'no end of it'
  return new JsonFault(
    start,
    `a header of at most ${LONGEST_HEADER} characters, up to '${close}'`,
    found,
  )
}

/** The offset of a path, or of the nearest thing around it. */
function nearest(places: ReadonlyMap<string, number>, path: string): number | undefined {
  for (let at = path; at !== ''; at = at.replace(/(?:^|\.)[^.[\]]*$|\[\d+\]$/, '')) {
    const found = places.get(at)
    if (found !== undefined) return found
    if (!/[.[]/.test(at)) return undefined
  }
  return undefined
}

function placed(text: string, { at, message, found }: JsonFault): HeaderFault {
  const { line, column } = placeOf(text, at)
  const ends = found === "'*/'" || /^'\]=*\]'$/.test(found)
  const hint = ends
    ? `The comment ends at the first ${found}: write it apart, or in Lua open with --[==[ and end with ]==].`
    : found === 'none'
      ? HINT
      : JSON_HINT
  return { line, column, text: message, hint }
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return { line, column: at - before.lastIndexOf('\n') }
}
