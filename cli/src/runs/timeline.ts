import type { JournalRecord, RunRow } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { WIDTH } from '../print/table.ts'
import { spanText } from '../print/spent.ts'
import { recordText, unescaped } from './record-line.ts'
import { shownOf } from './stored.ts'
import { cut, waitText } from './texts.ts'

const BAR = 14
const DEEPEST = 6

/** How much of a journal is drawn. */
export interface TimelineOptions {
  /** Below each call its arguments and its value, whole. */
  readonly full?: boolean
  readonly width?: number
}

/**
 * One line for each record in order: number, moment, a bar over the time of the run, and what happened. What happened inside
 * something else, such as a lane of parallel work, stands further right.
 */
export function timeline(
  row: RunRow,
  records: readonly JournalRecord[],
  paint: Paint,
  { full = false, width = WIDTH }: TimelineOptions = {},
): string {
  const span = spanOf(records)
  const digits = String(records.at(-1)?.n ?? 0).length
  const lines = records.flatMap((record) => {
    const left = `${String(record.n).padStart(digits)} ${momentOf(record, span)} ${bar(record, span)} `
    return [
      line(left, record, width, paint),
      ...(full ? values(record, ' '.repeat(left.length), paint) : []),
    ]
  })
  const waits = row.waiting ? [paint('yellow', plain(`waits for ${waitText(row.waiting)}`))] : []
  return [...lines, ...waits].map((text) => `${text}\n`).join('')
}

interface Span {
  readonly from: number
  readonly ms: number
}

/** Calls are stamped when they end: the first may have begun before the first record. */
function spanOf(records: readonly JournalRecord[]): Span {
  const from = Math.min(...records.map(startOf))
  const to = Math.max(...records.map(({ at }) => at))
  return { from, ms: Math.max(1, to - from) }
}

function startOf(record: JournalRecord): number {
  return record.kind === 'call' ? record.at - record.ms : record.at
}

function momentOf(record: JournalRecord, { from }: Span): string {
  return `+${spanText(startOf(record) - from)}`.padStart(10)
}

function bar(record: JournalRecord, { from, ms }: Span): string {
  const cell = (at: number): number => Math.min(BAR - 1, Math.floor(((at - from) / ms) * BAR))
  const [first, last] = [cell(startOf(record)), cell(record.at)]
  const long = record.kind === 'call' && last > first
  const drawn = long ? '█'.repeat(last - first + 1) : '▏'
  return `${'·'.repeat(first)}${drawn}`.padEnd(BAR, '·')
}

function line(left: string, record: JournalRecord, width: number, paint: Paint): string {
  const { text, style } = recordText(record)
  const inside = '  '.repeat(Math.min(depthOf(record), DEEPEST))
  const lane = laneOf(record)
  const shown = cut(
    plain(`${lane}${text}`).replaceAll(/\s*\n\s*/g, ' '),
    width - left.length - inside.length,
  )
  return `${paint('dim', left)}${inside}${style ? paint(style, shown) : shown}`
}

const depthOf = ({ path }: JournalRecord): number => Math.max(0, path.split('/').length - 2)

/** The lane stands in the path above the step, behind a sign of its own: `main/Async.map#2~b/Tool.execute#0`. */
function laneOf({ path }: JournalRecord): string {
  const lane = path.slice(0, path.lastIndexOf('/')).split('/').at(-1)?.split('~')[1]
  return lane === undefined ? '' : `${unescaped(lane)}: `
}

function values(record: JournalRecord, indent: string, paint: Paint): string[] {
  const rows: (readonly [string, unknown])[] = []
  if ('args' in record && typeof record.args !== 'string')
    rows.push(['asked', shownOf(record.args)])
  if (record.kind === 'call' && record.settled.ok)
    rows.push(['gave', shownOf(record.settled.value)])
  if (record.kind === 'arrival') rows.push(['value', shownOf(record.value)])
  return rows.flatMap(([name, shown]) => block(name, shown, indent, paint))
}

function block(name: string, shown: unknown, indent: string, paint: Paint): string[] {
  const value = (shown as { value?: unknown }).value
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  const [first = '', ...rest] = plain(text ?? JSON.stringify(shown)).split('\n')
  return [
    `${indent}${paint('dim', `${name}:`)} ${first}`,
    ...rest.map((one) => `${indent}  ${one}`),
  ]
}
