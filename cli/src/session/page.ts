import { counted } from '../print/counted.ts'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table } from '../print/table.ts'
import { cut } from '../runs/texts.ts'
import type { Replay, SessionInfo, Usage } from './service.ts'

const LONGEST = 28

const moment = (at: string): string => at.slice(0, 16).replace('T', ' ')

/** Rows for people, newest first. */
export function sessionTable(rows: readonly SessionInfo[], paint: Paint): string {
  if (rows.length === 0) return 'No session is stored.\n'
  const cells = rows.map(({ id, status, created_at: at, name = '', tags }) => [
    cut(id, LONGEST),
    status,
    moment(at),
    [name, ...tags.map((tag) => `#${tag}`)].filter(Boolean).join(' '),
  ])
  return table(['ID', 'STATUS', 'MADE (UTC)', 'NAME AND TAGS'], cells, paint)
}

/** All that is known of one. */
export function sessionPage(
  session: SessionInfo,
  facts: {
    readonly usage: Usage
    readonly artifacts: number
    readonly children: readonly string[]
  },
  paint: Paint,
): string {
  const { id, name, description, status, tags, runs, parent_session_id: parent } = session
  const { requests, input_tokens: tokensIn, output_tokens: tokensOut, cost } = facts.usage
  const metadata = JSON.stringify(session.custom_metadata)
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Name', name],
    ['Status', status],
    ['About', description],
    ['Tags', tags.join(', ') || undefined],
    ['Made', `${moment(session.created_at)} UTC`],
    ['Changed', `${moment(session.updated_at)} UTC`],
    ['Parent', parent],
    ['Children', facts.children.slice(0, 5).join(', ') || undefined],
    ['Runs', runs.slice(-5).join(', ') || undefined],
    ['Artifacts', String(facts.artifacts)],
    [
      'Agents',
      requests === 0
        ? undefined
        : `${counted(requests, 'request')}, ${tokensIn + tokensOut} tokens, $${cost.toFixed(4)}`,
    ],
    ['Metadata', metadata === '{}' ? undefined : metadata],
  ]
  const lines = rows.flatMap(([key, text]) =>
    text === undefined ? [] : [`${paint('bold', key.padEnd(10))} ${plain(text)}`],
  )
  return `${paint('bold', plain(id))}\n${lines.join('\n')}\n`
}

/** What came of a replay. */
export function replayPage(replay: Replay, paint: Paint): string {
  const { identical, runs, differences, new_session_id: made } = replay
  const cells = runs.map(({ run_id: run, status, asked, new_run_id: made, error }) => {
    const anew = asked ? `from record ${asked.n}, ${asked.name}${made ? `, as ${made}` : ''}` : ''
    return [cut(run, LONGEST), status, error ? `${error.code}: ${error.message}` : anew]
  })
  const shown = differences.flatMap(({ run_id: run, n, expected, found }) => [
    plain(`${run}${n === undefined ? '' : `, record ${n}`}`),
    `  expected ${plain(expected)}`,
    `  found    ${plain(found)}`,
  ])
  const end = identical === undefined ? [] : [identical ? 'identical' : 'not identical']
  const place = made === undefined ? [] : [`what was asked anew is in session ${plain(made)}`]
  const text = [...shown, ...place, ...end].map((line) => `${line}\n`).join('')
  return `${table(['RUN', 'STATUS', 'ASKED ANEW'], cells, paint)}${text}`
}
