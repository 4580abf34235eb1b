import type { CsvResult } from './generated/output.ts'

const MAX_CELLS = 20
/** What spreadsheets begin formulas with, in full width too. */
const START = /^[=+\-@\t\r＝＋－＠]/
const NUMBER = /^[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?$/

/** True for a text that a spreadsheet would run. A plain number is none, whatever its sign. */
export function isFormula(cell: unknown): cell is string {
  return typeof cell === 'string' && START.test(cell) && !NUMBER.test(cell)
}

/** Counts formulas and remembers where the first of them are. */
export class Formulas {
  #count = 0
  readonly #cells: { row: number; column: number }[] = []

  /** @param row from 1, 0 for the header */
  note(cells: readonly unknown[], row: number): void {
    for (const [index, cell] of cells.entries()) {
      if (!isFormula(cell)) continue
      this.#count++
      if (this.#cells.length < MAX_CELLS) this.#cells.push({ row, column: index + 1 })
    }
  }

  flagged(): CsvResult['flagged'] {
    return { count: this.#count, cells: [...this.#cells] }
  }
}
