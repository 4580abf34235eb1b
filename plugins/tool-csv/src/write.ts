import { inputInvalid } from '@llmspell/sdk'
import type { Files, ToolCall, ToolOutput, Value } from '@llmspell/sdk'
import { Formulas, isFormula } from './formula.ts'
import type { CsvInput } from './generated/input.ts'
import type { Cell } from './convert.ts'
import { checkSize } from './table-size.ts'

const PIECE = 64 * 1024

/** Rows as CSV, as text or into a file. */
export async function write(input: CsvInput, files: Files, call: ToolCall): Promise<ToolOutput> {
  const { rows = [], delimiter: asked = 'auto' } = input
  const delimiter = asked === 'auto' ? ',' : asked
  const names = input.columns ?? namesOf(rows)
  checkSize(rows, names)
  const columns = names && { names, known: new Set(names) }
  const cells = rows.map((row, index) => cellsOf(row, columns, index))
  const formulas = new Formulas()
  for (const [index, row] of cells.entries()) formulas.note(row, index + 1)
  const { header = names !== undefined } = input
  if (header && names) formulas.note(names, 0)
  const text = await textOf(header && names ? [names, ...cells] : cells, { ...input, delimiter })
  const facts = {
    ...(names === undefined ? {} : { columns: names }),
    count: rows.length,
    delimiter,
    flagged: formulas.flagged(),
  }
  if (input.path === undefined) {
    if (call.streamed) await call.emit({ type: 'text', text })
    return { result: { ...facts, text } as unknown as Value, text, operation: 'write' }
  }
  const saved = await save(text, input, files, call)
  return { result: { ...facts, ...saved } as unknown as Value, operation: 'write' }
}

type Rows = NonNullable<CsvInput['rows']>

interface Columns {
  readonly names: readonly string[]
  readonly known: ReadonlySet<string>
}

/** All names of the objects, in the order in which they come. */
function namesOf(rows: Rows): readonly string[] | undefined {
  const names = rows.flatMap((row) => (Array.isArray(row) ? [] : Object.keys(row)))
  return names.length > 0 ? [...new Set(names)] : undefined
}

function cellsOf(row: Rows[number], columns: Columns | undefined, index: number): readonly Cell[] {
  if (Array.isArray(row)) return row
  const unknown = Object.keys(row).find((name) => !columns!.known.has(name))
  if (unknown === undefined) return columns!.names.map((name) => row[name] ?? null)
  const path = `rows[${index}].${unknown}`
  throw inputInvalid("Tool 'csv'", [{ path, expected: "a name of 'columns'", found: 'another' }])
}

async function textOf(rows: readonly (readonly Cell[])[], input: CsvInput): Promise<string> {
  const { delimiter = ',', quote = '"', newline = '\n', guard = false } = input
  const { stringify } = await import('csv-stringify/sync')
  const guarded = (cell: Cell): Cell => (guard && isFormula(cell) ? `'${cell}` : cell)
  const shown = rows.map((row) => row.map(guarded))
  return stringify(shown, {
    delimiter,
    quote: quote === '' ? false : quote,
    escape: quote === '' ? '"' : quote,
    record_delimiter: newline,
    cast: { boolean: String, number: String },
    // An empty line would be no row when it is read again, nor would a bare end of a line be one of text.
    quoted_match: /[\r\n]|^\s*$|^\uFEFF/,
  })
}

async function save(
  text: string,
  { path, mode = 'create' }: CsvInput,
  files: Files,
  call: ToolCall,
) {
  await using file = await files.write(path!, call, { mode })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += PIECE) await file.write(bytes.subarray(at, at + PIECE))
  return { path: file.path, ...(await file.commit()) }
}
