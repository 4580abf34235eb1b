import type { Piece } from './decoder.ts'

/** The lines from one to another, both included and with their ends; reads no further than it must. */
export async function* linesOf(
  pieces: AsyncIterable<Piece>,
  from: number,
  to: number,
): AsyncGenerator<Piece> {
  let line = 1
  for await (const piece of pieces) {
    if (piece.text === '' && from > 1) continue
    const start = placeOf(piece.text, from - line)
    const end = placeOf(piece.text, to - line + 1)
    yield cut(piece, start, end)
    line += newlines(piece.text)
    if (line > to) return
  }
}

/** Where in the text the line begins that is `count` lines further. */
function placeOf(text: string, count: number): number {
  let place = 0
  for (let i = 0; i < count; i++) {
    const end = text.indexOf('\n', place)
    if (end < 0) return text.length
    place = end + 1
  }
  return place
}

/** The number of line ends. */
export function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function cut(piece: Piece, start: number, end: number): Piece {
  const { text } = piece
  if (start === 0 && end === text.length) return piece
  const kept = text.slice(start, end)
  return { text: kept, bytes: kept.length === 0 ? 0 : bytesOf(piece, kept) }
}

/** A piece of latin1 has as many bytes as characters; any other is UTF-8. */
export function bytesOf({ text, bytes }: Piece, kept: string): number {
  return bytes === text.length ? kept.length : Buffer.byteLength(kept)
}
