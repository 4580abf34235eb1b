import { byName, checkHeader, checkNames, checkWidth } from './columns.ts'
import { converter } from './convert.ts'
import type { Cell } from './convert.ts'
import type { Formulas } from './formula.ts'
import type { CsvInput } from './generated/input.ts'
import type { Record } from './records.ts'

export type Row = readonly Cell[] | { readonly [name: string]: Cell }

/** A row as it is given, with the characters that it takes. */
export interface Given {
  readonly row: Row
  readonly size: number
}

/** Rows in the form that was asked for, behind the offset. */
export class Rows {
  readonly #input: CsvInput
  readonly #formulas: Formulas
  names: readonly string[] | undefined

  constructor(input: CsvInput, formulas: Formulas) {
    this.#input = input
    this.#formulas = formulas
  }

  /** @throws CSV_COLUMNS */
  async *of(records: AsyncIterable<Record>): AsyncGenerator<Given> {
    const {
      header = this.#input.columns === undefined,
      uneven = 'refuse',
      offset = 0,
    } = this.#input
    const convert = converter(this.#input.convert)
    let [number, width] = [0, this.#input.columns?.length]
    this.#take(this.#input.columns)
    let first = header
    for await (const record of records) {
      if (first) {
        first = false
        if (this.#input.columns === undefined) this.#header(record)
        width ??= record.cells.length
        continue
      }
      width ??= record.cells.length
      if (uneven === 'refuse') checkWidth(record, width)
      if (++number <= offset) continue
      this.#formulas.note(record.cells, number)
      yield this.#given(record.cells, convert)
    }
  }

  #header({ cells }: Record): void {
    checkHeader(cells)
    this.#formulas.note(cells, 0)
    this.#take(cells)
  }

  #take(names: readonly string[] | undefined): void {
    this.names = names
    if (names !== undefined && this.#input.as !== 'arrays') checkNames(names)
  }

  #given(cells: readonly string[], convert: (text: string) => Cell): Given {
    const names = this.#input.as === 'arrays' ? undefined : this.names
    const converted = cells.map(convert)
    const size = cells.reduce((sum, cell) => sum + cell.length + 8, 16)
    if (!names) return { row: converted, size }
    const extra = names.reduce((sum, name) => sum + name.length, 0)
    return { row: byName(converted, names), size: size + extra }
  }
}
