import { cursorTo, moveCursor } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Writable } from 'node:stream'

type Drawn = Interface & { cursor: number; prevRows: number; isCompletionEnabled: boolean }

/** Writes a line over the one that readline has drawn: it is as wide as that. */
export function drawOver(given: Interface, output: Writable, painted: string): void {
  const rl = given as Drawn
  const { rows, cols } = rl.getCursorPos()
  // Of many keys at once readline writes no more than the keys: the cursor stays at the end of a full row.
  if (!rl.isCompletionEnabled && cols === 0) output.write(' ')
  const end = endOf(rl)
  moveCursor(output, 0, -rows)
  cursorTo(output, 0)
  // A full row ends on itself until something follows, where readline counts the next one.
  output.write(rl.getPrompt() + painted + (end.cols === 0 ? ' ' : ''))
  moveCursor(output, 0, rows - end.rows)
  cursorTo(output, cols)
  rl.prevRows = rows
}

/** Where the line ends, counted from its beginning. */
function endOf(rl: Drawn): { readonly rows: number; readonly cols: number } {
  const { cursor } = rl
  rl.cursor = rl.line.length
  const end = rl.getCursorPos()
  rl.cursor = cursor
  return end
}
