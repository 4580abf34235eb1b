import { cursorTo, moveCursor } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Writable } from 'node:stream'

/** Writes a line over the one that readline has drawn: it is as wide as that. */
export function drawOver(rl: Interface, output: Writable, painted: string): void {
  const { rows, cols } = rl.getCursorPos()
  moveCursor(output, 0, -rows)
  cursorTo(output, 0)
  output.write(rl.getPrompt() + painted)
  moveCursor(output, 0, rows - lastRow(rl))
  cursorTo(output, cols)
}

/** Row of the end of the line, counted from its beginning. */
function lastRow(given: Interface): number {
  const rl = given as { cursor: number } & Interface
  const { cursor } = rl
  rl.cursor = rl.line.length
  const { rows } = rl.getCursorPos()
  rl.cursor = cursor
  return rows
}
