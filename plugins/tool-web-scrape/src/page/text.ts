import { ELEMENT, TEXT, type Element, type Node } from './dom.ts'

const BLOCKS = new Set(
  'address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
)
const APART = new Set('p h1 h2 h3 h4 h5 h6 blockquote pre table ul ol dl figure'.split(' '))

/** Text as it reads: blocks on lines of their own, cells of a row apart, blanks joined except in `pre`. */
export function plainText(root: Node): string {
  const parts: string[] = []
  write(root, parts, false)
  return parts
    .join('')
    .replaceAll(/[ \t]+\n/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function write(node: Node, parts: string[], pre: boolean): void {
  if (node.nodeType === TEXT) {
    const text = node.textContent ?? ''
    parts.push(pre ? text : inLine(text, parts))
    return
  }
  const name = (node as Element).localName ?? ''
  if (name === 'br') return breakLine(parts, 1)
  const lines = APART.has(name) ? 2 : BLOCKS.has(name) ? 1 : 0
  if (lines > 0) breakLine(parts, lines)
  for (const child of node.childNodes) write(child, parts, pre || name === 'pre')
  if (lines > 0) breakLine(parts, lines)
  else if (node.nodeType === ELEMENT && (name === 'td' || name === 'th')) parts.push('\t')
}

/** Blanks at the start of a line are none. */
function inLine(text: string, parts: readonly string[]): string {
  const joined = text.replaceAll(/\s+/g, ' ')
  const last = parts.at(-1)
  return last === undefined || /\s$/.test(last) ? joined.replace(/^ /, '') : joined
}

/** Ends the line, and leaves an empty one where two are asked for. */
function breakLine(parts: string[], lines: number): void {
  if (parts.length === 0) return
  const there = /\n*$/.exec(parts.slice(-3).join(''))![0].length
  if (there < lines) parts.push('\n'.repeat(lines - there))
}
