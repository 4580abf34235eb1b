import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table } from '../print/table.ts'
import type { ModelRow } from './service.ts'
import { priceText, tokensText } from './texts.ts'

/** Longest name that shares its line with the facts. */
const NAME_WIDTH = 32
const HEAD = ['MODEL', 'CONTEXT', 'IN', 'OUT', 'CAN']
const LEGEND = 'Context in tokens; in and out in US dollars per million tokens.'

/** Rows for people, at most 80 wide: a long name has a line of its own. */
export function modelTable(rows: readonly ModelRow[], paint: Paint): string {
  if (rows.length === 0) return 'No model fits.\n'
  const cells = rows.map((row, i) => [nameCell(plain(row.id), i), ...factCells(row)])
  const lines = table(HEAD, cells, paint)
    .split('\n')
    .map((line) => withName(line, rows))
  return `${lines.join('\n')}${paint('dim', LEGEND)}\n`
}

function factCells({ mock, context, price_in, price_out, capabilities }: ModelRow): string[] {
  // Nearly all stream: the word would only make each row longer.
  const words = capabilities.filter((word) => word !== 'streaming').join(', ') || '-'
  const can = mock ? `(mock) ${words}` : words
  return [tokensText(context), priceText(price_in), priceText(price_out), can]
}

const MARK = /^⟦(\d+)⟧/

const nameCell = (id: string, index: number): string =>
  id.length <= NAME_WIDTH ? id : `⟦${index}⟧`

function withName(line: string, rows: readonly ModelRow[]): string {
  const [mark, index] = MARK.exec(line) ?? []
  if (mark === undefined) return line
  return `${plain(rows[Number(index)]!.id)}\n${' '.repeat(mark.length)}${line.slice(mark.length)}`
}
