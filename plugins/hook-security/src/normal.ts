import { folded } from './look-alikes.ts'

/** A text as it reads, with the way back to the text as it is. */
export interface Normal {
  readonly text: string
  /** Where a span begins and ends in the original. */
  span(start: number, end: number): readonly [start: number, end: number]
}

/** A part of the text as it reads. */
interface Piece {
  /** Where it begins there, and in the original. */
  readonly at: number
  readonly from: number
  /** Of a plain one each character stands for one; else all of them for one character of this length. */
  readonly plain: boolean
  readonly length: number
}

/** Letters, digits and signs that read as they are but for their case, with single blanks between them. */
const PLAIN = /[\x21-\x7e]+(?: [\x21-\x7e]+)*/y
const BLANK = /^\s$/u
const INVISIBLE = /^[\p{Cf}\p{M}\p{Cc}]$/u

/** Small letters, one blank between words, no accents, look-alikes or invisible characters; tag characters as their letters. */
export function normalised(original: string): Normal {
  const pieces: Piece[] = []
  let text = ''
  for (let from = 0; from < original.length; from += pieces.at(-1)!.length) {
    PLAIN.lastIndex = from
    const run = PLAIN.exec(original)?.[0]
    const taken = run ?? String.fromCodePoint(original.codePointAt(from)!)
    pieces.push({ at: text.length, from, plain: run !== undefined, length: taken.length })
    const shown = run?.toLowerCase() ?? formOf(taken)
    text += shown === ' ' && text.endsWith(' ') ? '' : shown
  }
  return { text, span: (start, end) => [originOf(pieces, start), originOf(pieces, end - 1, 1)] }
}

/** The place in the original of a character, or behind it. */
function originOf(pieces: readonly Piece[], place: number, behind = 0): number {
  const { at, from, plain, length } = pieceAt(pieces, place)
  return plain ? from + place - at + behind : from + behind * length
}

/** The last piece that begins at or before the place: those before it at the same place show nothing. */
function pieceAt(pieces: readonly Piece[], place: number): Piece {
  let [low, high] = [0, pieces.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (pieces[middle]!.at <= place) low = middle
    else high = middle - 1
  }
  return pieces[low]!
}

/** What a character adds to the text as it reads. */
function formOf(char: string): string {
  if (BLANK.test(char)) return ' '
  const tag = char.codePointAt(0)! - 0xe0000
  if (tag >= 0x20 && tag < 0x7f) return String.fromCharCode(tag).toLowerCase()
  if (INVISIBLE.test(char)) return ''
  const parts = Array.from(char.normalize('NFKD').toLowerCase())
  return parts.map((part) => (INVISIBLE.test(part) ? '' : folded(part))).join('')
}
