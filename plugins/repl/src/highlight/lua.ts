import type { Open, Scan } from './scan.ts'
import { wordKind } from './words.ts'

const WORD = /[A-Za-z_]\w*/y
const NUMBER = /0[xX][\da-fA-F.]+(?:[pP][+-]?\d*)?|\d[\d.]*(?:[eE][+-]?\d*)?/y
const LONG_COMMENT = /--\[=*\[/y
const COMMENT = /--[^\n]*/y
const LONG = /\[=*\[/y
const QUOTE = /["']/y
const BLANK = /\s+/y
const ESCAPES = { takes: /z\s*|\r\n|[^]/y, goesOn: /^$|^z|\n$/ }

/** One step of Lua. */
export function lua(scan: Scan, globals: ReadonlySet<string>): void {
  const open = scan.open.at(-1)
  if (open) within(scan, open)
  else if (!comment(scan) && !text(scan)) other(scan, globals)
}

function within(scan: Scan, open: Open): void {
  if (open.in === 'quote') scan.quoted(open.end, ESCAPES)
  else if (open.in === 'comment' || open.in === 'string') scan.until(open.in, open.end)
  else scan.open.pop()
}

function comment(scan: Scan): boolean {
  const long = scan.take(LONG_COMMENT)
  if (long) scan.open.push({ in: 'comment', end: closing(long.slice(2)) })
  const found = long ?? scan.take(COMMENT)
  if (found) scan.add('comment', found)
  return found !== undefined
}

function text(scan: Scan): boolean {
  const long = scan.take(LONG)
  const quote = long ? undefined : scan.take(QUOTE)
  if (long) scan.open.push({ in: 'string', end: closing(long) })
  // A quote at the very end opens nothing.
  if (quote && !scan.done) scan.open.push({ in: 'quote', end: quote })
  scan.add('string', long ?? quote ?? '')
  return (long ?? quote) !== undefined
}

function other(scan: Scan, globals: ReadonlySet<string>): void {
  const word = scan.take(WORD)
  if (word) return scan.add(wordKind('lua', word, globals), word)
  const number = scan.take(NUMBER)
  if (number) return scan.add('number', number)
  const blank = scan.take(BLANK)
  if (blank) scan.add('plain', blank)
  else scan.char()
}

const closing = (opening: string): string => opening.replaceAll('[', ']')
