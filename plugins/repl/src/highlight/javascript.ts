import type { Open, Scan } from './scan.ts'
import { wordKind } from './words.ts'

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy
const NUMBER = /0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d*)?n?/y
const COMMENT = /\/\/[^\n]*/y
const BLOCK = /\/\*/y
const QUOTE = /["']/y
const BACKTICK = /`/y
const BLANK = /\s+/y
/** Never fails behind its first character, so that no text is read twice: what is left open ends with the line. */
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*(?:\]|\\?))*(?:\/[a-z]*)?/y
const ESCAPES = { takes: /\r\n|[^]/y, goesOn: /^$|\n$/ }
/** A slash behind these divides. */
const VALUE_END = /[\w$)\]}"'`\u0080-\uFFFF]/
const VALUE_WORDS = new Set(['this', 'super', 'null', 'true', 'false', 'undefined'])

/** One step of JavaScript. */
export function javascript(scan: Scan, globals: ReadonlySet<string>): void {
  const open = scan.open.at(-1)
  if (open && open.in !== 'hole') within(scan, open)
  else if (!comment(scan) && !text(scan)) other(scan, globals, open)
}

function within(scan: Scan, open: Exclude<Open, { in: 'hole' }>): void {
  if (open.in === 'quote') scan.quoted(open.end, ESCAPES)
  else if (open.in === 'template') scan.template()
  else scan.until(open.in, open.end)
}

function comment(scan: Scan): boolean {
  const block = scan.take(BLOCK)
  if (block) scan.open.push({ in: 'comment', end: '*/' })
  const found = block ?? scan.take(COMMENT)
  if (found) scan.add('comment', found)
  return found !== undefined
}

function text(scan: Scan): boolean {
  const quote = scan.take(QUOTE)
  const backtick = quote ? undefined : scan.take(BACKTICK)
  // A quote at the very end opens nothing.
  if (quote && !scan.done) scan.open.push({ in: 'quote', end: quote })
  if (backtick) scan.open.push({ in: 'template' })
  const found = quote ?? backtick ?? regex(scan)
  scan.add('string', found ?? '')
  return found !== undefined
}

function regex(scan: Scan): string | undefined {
  return scan.next === '/' && !divides(scan) ? scan.take(REGEX) : undefined
}

function divides({ tokens }: Scan): boolean {
  const last = tokens.findLast(({ kind, text }) => kind !== 'comment' && text.trim() !== '')
  if (!last) return false
  return last.kind === 'keyword' ? VALUE_WORDS.has(last.text) : VALUE_END.test(last.text.at(-1)!)
}

function other(scan: Scan, globals: ReadonlySet<string>, hole: Open | undefined): void {
  const word = scan.take(WORD)
  if (word) return scan.add(wordKind('javascript', word, globals), word)
  const number = scan.take(NUMBER)
  if (number) return scan.add('number', number)
  const blank = scan.take(BLANK)
  if (blank) scan.add('plain', blank)
  else if (hole?.in === 'hole') braces(scan, hole)
  else scan.char()
}

/** The brace that no other opened ends the hole. */
function braces(scan: Scan, hole: Extract<Open, { in: 'hole' }>): void {
  const char = scan.char()
  if (char === '{') hole.depth++
  if (char === '}' && hole.depth-- === 0) scan.open.pop()
}
