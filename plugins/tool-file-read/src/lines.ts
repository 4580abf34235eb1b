import type { Piece } from './decoder.ts'
import type { FileReadInput } from './generated/input.ts'

/** The lines from one to another, both included and with their ends; reads no further than it must. */
export async function* linesOf(
  pieces: AsyncIterable<Piece>,
  from: number,
  to: number,
  encoding: FileReadInput['encoding'],
): AsyncGenerator<Piece> {
  let line = 1
  for await (const piece of pieces) {
    if (piece.text === '' && from > 1) continue
    const start = placeOf(piece.text, from - line)
    const end = placeOf(piece.text, to - line + 1)
    yield cut(piece, start, end, encoding)
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

function cut(piece: Piece, start: number, end: number, encoding: FileReadInput['encoding']): Piece {
  const { text } = piece
  if (start === 0 && end === text.length) return piece
  const kept = text.slice(start, end)
  return { text: kept, bytes: bytesOf(kept, encoding) }
}

/** How many bytes of a file the text stands for. */
export function bytesOf(text: string, encoding: FileReadInput['encoding']): number {
  switch (encoding) {
    case 'utf-8':
      return Buffer.byteLength(text)
    case 'latin1':
      return text.length
    case 'base64':
      return (text.length / 4) * 3
    default:
      return text.length * 2
  }
}
