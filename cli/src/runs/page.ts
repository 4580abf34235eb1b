import { bytesText, type JournalRecord, type RunRow, type Waiting } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { wantedText } from '../run/answer-value.ts'
import type { Paint } from '../print/style.ts'
import { table } from '../print/table.ts'
import { spanText, sumOf, usageText } from '../print/spent.ts'
import { errorText } from './record-line.ts'
import { pluginsIn } from './stored.ts'
import { cut, decideCommand, momentText, nextCommand, statusText, waitText } from './texts.ts'

/** A longer id is cut; its beginning names it too. */
const LONGEST = 22

/** Rows for people, newest first. */
export function runTable(rows: readonly RunRow[], paint: Paint): string {
  if (rows.length === 0) return 'No durable run is stored.\n'
  const cells = rows.map((row) => [
    cut(row.runId, LONGEST),
    statusText(row),
    momentText(row.createdAt).slice(0, 16),
    row.definition.name + (row.waiting ? `, waits for ${waitText(row.waiting)}` : ''),
  ])
  return table(['ID', 'STATUS', 'BEGAN (UTC)', 'SCRIPT'], cells, paint)
}

/** What is known of one run, above its timeline. */
export function runPage(row: RunRow, records: readonly JournalRecord[], paint: Paint): string {
  const { definition, reason, forkedFrom, waiting, endedAt, createdAt } = row
  const spent = usageText(sumOf(callsOf(records).map(({ usage }) => usage)))
  const { engine } = definition
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Status', statusText(row)],
    [
      'Script',
      `${definition.name}${engine === 'native' ? '' : ` (${engine.id} ${engine.version})`}`,
    ],
    ['Began', `${momentText(createdAt)} UTC`],
    ['Ended', endedAt && `${momentText(endedAt)} UTC, after ${spanText(endedAt - createdAt)}`],
    ['Journal', `${row.records} records, ${bytesText(row.bytes)}`],
    ['Spent', spent || undefined],
    ['Labels', labelsText(row)],
    ['Plugins', pluginsText(records)],
    ['Fork of', forkedFrom && `${forkedFrom.runId} at record ${forkedFrom.n}`],
    ['Reason', reason && errorText(reason)],
    ['Hint', reason?.hint],
    ['Waits for', waiting && waitText(waiting)],
    ['Wants', waiting && wantsText(waiting)],
    ['Go on', endedAt === undefined ? goOnText(row) : undefined],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]))
  const lines = facts.map(
    ([name, text]) => `${paint('bold', name.padEnd(10))} ${plain(text ?? '')}`,
  )
  return `${paint('bold', plain(row.runId))}\n${lines.join('\n')}\n`
}

/** What an answer or a signal has to be, where that is said. */
function wantsText({ question, schema }: Waiting): string | undefined {
  if (question?.choices) return question.choices.map((choice) => `'${choice}'`).join(' or ')
  return schema && wantedText(schema)
}

/** The page is what `run show` prints: it does not name itself. */
function goOnText(row: RunRow): string | undefined {
  return row.status === 'needs-attention' ? decideCommand(row) : nextCommand(row)
}

/** Those that are one file, which a later life needs to find. */
function pluginsText([first]: readonly JournalRecord[]): string {
  const plugins = first?.kind === 'begin' ? pluginsIn(first.input) : []
  return plugins.map(({ id, path }) => `${id} (${path})`).join(', ')
}

function labelsText({ labels = {} }: RunRow): string | undefined {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? undefined : pairs.join(', ')
}

export type CallRecord = Extract<JournalRecord, { readonly kind: 'call' }>

export function callsOf(records: readonly JournalRecord[]): CallRecord[] {
  return records.filter((record): record is CallRecord => record.kind === 'call')
}

/** A row in the names that scripts see. */
export function rowJson(row: RunRow): object {
  const { runId, status, definition, waiting, forkedFrom } = row
  return {
    run_id: runId,
    status: statusText(row),
    ...(statusText(row) === status ? {} : { stored_status: status }),
    script: definition.name,
    engine: definition.engine,
    records: row.records,
    bytes: row.bytes,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    ...(row.endedAt === undefined ? {} : { ended_at: row.endedAt }),
    ...(row.expiresAt === undefined ? {} : { expires_at: row.expiresAt }),
    ...(row.labels ? { labels: row.labels } : {}),
    ...(row.reason ? { reason: row.reason } : {}),
    ...(waiting ? { waiting } : {}),
    ...(forkedFrom ? { forked_from: { run_id: forkedFrom.runId, n: forkedFrom.n } } : {}),
  }
}
