import { plain } from './escape.ts'
import type { Paint } from './style.ts'

/** Widest line of everything we print. */
export const WIDTH = 80

/**
 * Rows in columns, two spaces apart, at most 80 wide: the last column is wrapped into what is left.
 * Cells are cleaned of control characters.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const clean = rows.map((row) => row.map((cell) => plain(cell).replaceAll('\n', ' ')))
  const widths = head.map((title, i) =>
    Math.max(title.length, ...clean.map((row) => (row[i] ?? '').length)),
  )
  const titles = line(head, widths).map((text) => paint('bold', text))
  return [...titles, ...clean.flatMap((row) => line(row, widths))].join('\n') + '\n'
}

function line(cells: readonly string[], widths: readonly number[]): string[] {
  const fixed = cells
    .slice(0, -1)
    .map((cell, i) => `${cell.padEnd(widths[i]!)}  `)
    .join('')
  const room = Math.max(20, WIDTH - fixed.length)
  const [first = '', ...more] = wrap(cells.at(-1) ?? '', room)
  return [`${fixed}${first}`.trimEnd(), ...more.map((text) => ' '.repeat(fixed.length) + text)]
}

/** The text in lines of at most `width`, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return lines
}
