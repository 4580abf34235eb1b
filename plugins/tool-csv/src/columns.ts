import { REF, printable } from '@llmspell/sdk'
import { csvError } from './errors.ts'
import type { Cell } from './convert.ts'
import type { Record } from './records.ts'

const REFUSED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', REF])

const MAX_COLUMNS = 10_000
const MAX_NAME = 256

/** Names as long and as many as one may give in 'columns'. @throws CSV_COLUMNS */
export function checkHeader(names: readonly string[]): void {
  if (names.length > MAX_COLUMNS)
    throw wrong(`The first row has ${names.length} cells: at most ${MAX_COLUMNS} can be names.`)
  const long = names.findIndex((name) => name.length > MAX_NAME)
  if (long < 0) return
  const length = names[long]!.length
  throw wrong(`Column ${long + 1} has a name of ${length} characters: at most ${MAX_NAME}.`)
}

/** Names that can be the keys of objects: none twice, none empty. @throws CSV_COLUMNS */
export function checkNames(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    const column = index + 1
    const shown = `'${printable(name, 60)}'`
    if (name === '') throw wrong(`Column ${column} has no name.`)
    if (REFUSED.has(name)) throw wrong(`Column ${column} has the name ${shown}, which is refused.`)
    if (seen.has(name)) throw wrong(`Column ${column} has the name ${shown} again.`)
    seen.add(name)
  }
}

function wrong(message: string) {
  const hint = "Give the names in 'columns', or set header to false."
  return csvError('CSV_COLUMNS', message, { hint })
}

/** @throws CSV_COLUMNS naming the line */
export function checkWidth({ cells, line }: Record, width: number): void {
  if (cells.length === width) return
  const message = `The row that ends at line ${line} has ${cells.length} cells: expected ${width}.`
  const hint = "Correct it, or set uneven to 'accept'."
  throw csvError('CSV_COLUMNS', message, { hint, details: { line, expected: width } })
}

/** A row by the names of its columns; what is missing is null, what is too much has its number. */
export function byName(
  cells: readonly Cell[],
  names: readonly string[],
): { readonly [name: string]: Cell } {
  const length = Math.max(cells.length, names.length)
  const entries = Array.from({ length }, (_, i) => [
    names[i] ?? `column_${i + 1}`,
    cells[i] ?? null,
  ])
  return Object.fromEntries(entries) as { readonly [name: string]: Cell }
}
