import type { JournalRecord, RunRow, Stored } from '@llmspell/sdk'
import { bytesText } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { WIDTH } from '../print/table.ts'
import { spanText, sumOf, usageText } from '../print/spent.ts'
import { callsOf, type CallRecord } from './page.ts'
import { errorText } from './record-line.ts'
import { shownOf } from './stored.ts'
import { timeless } from './timeless.ts'
import { cut, valueLine } from './texts.ts'

/** What two runs have in common, and where they part. */
export interface RunDiff {
  readonly identical: boolean
  /** Calls from the start that are alike, in the order in which they were asked for. */
  readonly alike: number
  /** The first that differ; missing where one run has no more. */
  readonly first?: { readonly left: CallRecord | undefined; readonly right: CallRecord | undefined }
  readonly left: Totals
  readonly right: Totals
}

interface Totals {
  readonly calls: number
  readonly failed: number
  readonly ms: number
  readonly tokens: number
  readonly cost: number
}

/** Compares call by call: what was asked and what came of it, not when. */
export function diffOf(
  leftRecords: readonly JournalRecord[],
  rightRecords: readonly JournalRecord[],
): RunDiff {
  const [left, right] = [leftRecords, rightRecords].map(asked) as [CallRecord[], CallRecord[]]
  const longest = Math.max(left.length, right.length)
  let alike = 0
  while (alike < longest && same(left[alike], right[alike])) alike++
  const parts = alike < longest
  const ends = String(endOf(leftRecords)) === String(endOf(rightRecords))
  return {
    identical: !parts && ends,
    alike,
    ...(parts ? { first: { left: left[alike], right: right[alike] } } : {}),
    left: totals(left),
    right: totals(right),
  }
}

function asked(records: readonly JournalRecord[]): CallRecord[] {
  return callsOf(records).toSorted((a, b) => a.seq - b.seq)
}

function same(left: CallRecord | undefined, right: CallRecord | undefined): boolean {
  if (!left || !right) return false
  return textOf(left) === textOf(right)
}

/** What counts of a call: what was asked and what came, without its times. */
function textOf({ path, name, args, settled }: CallRecord): string {
  const outcome = settled.ok ? timeless(settled.value) : [settled.error.code, settled.error.message]
  return JSON.stringify([path, name, timeless(args), outcome])
}

function endOf(records: readonly JournalRecord[]): string | undefined {
  const end = records.find((record) => record.kind === 'end')
  if (!end) return undefined
  const { outcome } = end
  return JSON.stringify('ok' in outcome && outcome.ok ? timeless(outcome.value) : outcome)
}

function totals(calls: readonly CallRecord[]): Totals {
  const { inputTokens, outputTokens, cost } = sumOf(calls.map(({ usage }) => usage))
  return {
    calls: calls.length,
    failed: calls.filter(({ settled }) => !settled.ok).length,
    ms: calls.reduce((sum, { ms }) => sum + ms, 0),
    tokens: inputTokens + outputTokens,
    cost,
  }
}

const NAME = 9
/** Of a value that is compared. */
const LONGEST = 100_000
const LEAD = 10
const COLUMN = Math.floor((WIDTH - NAME - 3) / 2)

/** The first difference and the totals, side by side within 80 columns. */
export function diffText(
  diff: RunDiff,
  [left, right]: readonly [RunRow, RunRow],
  paint: Paint,
): string {
  const { first } = diff
  const pair = (name: string, one: string, other: string): string => {
    const cells = apart(plain(one), plain(other)).map((text) => cut(text, COLUMN).padEnd(COLUMN))
    const differ = one !== other
    const shown = `${cells[0]} ${differ ? '│' : ' '} ${cells[1]}`.trimEnd()
    return `${name.padEnd(NAME)}${differ ? paint('yellow', shown) : shown}`
  }
  const lines = [
    pair('', left.runId, right.runId),
    pair('script', left.definition.name, right.definition.name),
    pair('status', left.status, right.status),
    ...totalLines(diff, pair),
    '',
    headOf(diff, paint),
    ...(first ? callLines(first.left, first.right, pair) : []),
  ]
  return `${lines.join('\n')}\n`
}

/** Two texts from shortly before they differ, where their beginnings fill the room. */
function apart(one: string, other: string): readonly [string, string] {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  if (one === other || at < COLUMN - LEAD) return [one, other]
  return [`…${one.slice(at - LEAD)}`, `…${other.slice(at - LEAD)}`]
}

type Pair = (name: string, one: string, other: string) => string

function totalLines({ left, right }: RunDiff, pair: Pair): string[] {
  const spent = ({ tokens, cost }: Totals): string =>
    usageText({ inputTokens: tokens, outputTokens: 0, cost }) || 'nothing'
  return [
    pair('calls', String(left.calls), String(right.calls)),
    pair('failed', String(left.failed), String(right.failed)),
    pair('time', spanText(left.ms), spanText(right.ms)),
    pair('spent', spent(left), spent(right)),
  ]
}

function headOf({ identical, first, alike }: RunDiff, paint: Paint): string {
  if (identical) return `The runs are alike in all ${alike} calls.`
  if (!first) return paint('bold', `All ${alike} calls are alike; what the runs gave differs.`)
  return paint('bold', `Alike in ${alike} calls; then:`)
}

function callLines(
  left: CallRecord | undefined,
  right: CallRecord | undefined,
  pair: Pair,
): string[] {
  const none = '(no call)'
  return [
    pair('record', left ? String(left.n) : none, right ? String(right.n) : none),
    pair('path', left?.path ?? none, right?.path ?? none),
    pair('call', left?.name ?? none, right?.name ?? none),
    pair('asked', left ? storedText(left.args) : none, right ? storedText(right.args) : none),
    pair('gave', left ? gave(left) : none, right ? gave(right) : none),
  ]
}

function gave({ settled }: CallRecord): string {
  return settled.ok ? storedText(settled.value) : errorText(settled.error)
}

function storedText(stored: Stored): string {
  const shown = shownOf(stored)
  return 'value' in shown ? valueLine(shown.value, LONGEST) : `(${bytesText(shown.bytes)})`
}
