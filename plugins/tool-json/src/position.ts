import { printable } from '@llmspell/sdk'

/** A place in a text for people: line and column from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number
  readonly column: number
}

export function positionOf(text: string, offset: number): Position {
  let [line, start] = [1, 0]
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
    start = at + 1
  }
  return { line, column: offset - start + 1 }
}

const BEFORE = 30
const AFTER = 30

/** The line with a caret below the place. */
export function excerpt(text: string, offset: number): string {
  const { column } = positionOf(text, offset)
  const start = offset - Math.min(column - 1, BEFORE)
  const end = text.slice(offset, offset + AFTER).search(/[\r\n]/)
  const before = printable(text.slice(start, offset))
  const after = printable(text.slice(offset, offset + (end < 0 ? AFTER : end)))
  return `${before}${after}\n${' '.repeat(before.length)}^`
}
