import { csvError } from './errors.ts'

const MAX_CELLS = 500_000
const MAX_COLUMNS = 10_000

/**
 * Objects of few members each may have no name in common: then most cells are empty, and their number is a
 * square of what was given.
 * @throws CSV_LIMIT
 */
export function checkSize(rows: readonly unknown[], names: readonly string[] = []): void {
  if (names.length > MAX_COLUMNS) throw tooLarge('columns', MAX_COLUMNS, names.length)
  const cells = rows.length * names.length
  if (cells > MAX_CELLS) throw tooLarge('cells', MAX_CELLS, cells)
}

function tooLarge(what: string, most: number, found: number) {
  const message = `The table of 'rows' is too large: expected at most ${most} ${what}, found ${found}.`
  return csvError('CSV_LIMIT', message, {
    hint: "Give rows that share their names, or name the 'columns' to write.",
    details: { most, found },
  })
}
