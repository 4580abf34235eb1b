import { folded } from './look-alikes.ts'

/** A text as it reads, with the way back to the text as it is. */
export interface Normal {
  readonly text: string
  /** The place in the original of the first and past the last of a span. */
  span(start: number, end: number): readonly [start: number, end: number]
}

const PLAIN = /^[\x21-\x7e]$/
const BLANK = /^\s$/u
const INVISIBLE = /^[\p{Cf}\p{M}\p{Cc}]$/u

/** Small letters, one blank between words, no accents, look-alikes or invisible characters; tag characters as their letters. */
export function normalised(original: string): Normal {
  const starts: number[] = []
  let text = ''
  let at = 0
  for (const char of original) {
    const made = formOf(char)
    const shown = made === ' ' && text.endsWith(' ') ? '' : made
    for (let i = 0; i < shown.length; i++) starts.push(at)
    text += shown
    at += char.length
  }
  return {
    text,
    span: (start, end) => [starts[start] ?? at, behind(original, starts[end - 1], at)],
  }
}

/** What a character adds to the text as it reads. */
function formOf(char: string): string {
  if (PLAIN.test(char)) return char.toLowerCase()
  if (BLANK.test(char)) return ' '
  const tag = char.codePointAt(0)! - 0xe0000
  if (tag >= 0x20 && tag < 0x7f) return String.fromCharCode(tag).toLowerCase()
  if (INVISIBLE.test(char)) return ''
  const parts = Array.from(char.normalize('NFKD').toLowerCase())
  return parts.map((part) => (INVISIBLE.test(part) ? '' : folded(part))).join('')
}

function behind(original: string, last: number | undefined, end: number): number {
  if (last === undefined) return end
  return last + (original.codePointAt(last)! > 0xffff ? 2 : 1)
}
