import { SpellError, type JournalRecord, type RunQuery, type RunStatus } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { count } from '../units.ts'
import { sumOf } from '../print/spent.ts'
import { diffOf, diffText } from './diff.ts'
import { callsOf, rowJson, runPage, runTable } from './page.ts'
import { readStore, readRun, runStore } from './store.ts'
import { timeline } from './timeline.ts'

const DEFAULT_LIMIT = '50'

/** Words of `--status`, and what they ask the store for. */
export const STATUSES: Readonly<Record<string, readonly RunStatus[]>> = {
  interrupted: ['queued', 'running'],
  waiting: ['waiting'],
  paused: ['paused'],
  'needs-attention': ['needs-attention'],
  succeeded: ['succeeded'],
  failed: ['failed'],
  cancelled: ['cancelling', 'cancelled'],
  unfinished: ['queued', 'running', 'waiting', 'paused', 'needs-attention', 'cancelling'],
}

/** `run list`. */
export async function listRuns(stage: Stage): Promise<void> {
  const query = queryOf(stage)
  const { executor } = await readStore(stage)
  const rows = await Array.fromAsync(executor.list(query))
  if (stage.json) out(`${toJson({ ok: true, runs: rows.map(rowJson) })}\n`)
  else out(runTable(rows, painter(process.stdout.isTTY)))
}

function queryOf({ parsed }: Stage): RunQuery {
  const limit = count('limit', text(parsed, 'limit') ?? DEFAULT_LIMIT)
  const status = text(parsed, 'status')
  return { limit, ...(status === undefined ? {} : { status: STATUSES[status]! }) }
}

/** `run show ID`: what is known, then the timeline. */
export async function showRun(stage: Stage): Promise<void> {
  const full = isOn(stage.parsed, 'full')
  const { row, records } = await readRun(await readStore(stage), stage.parsed.args[0]!, {
    whole: full,
  })
  if (stage.json) {
    out(`${toJson({ ok: true, run: rowJson(row), usage: usageJson(records), records })}\n`)
    return
  }
  const paint = painter(process.stdout.isTTY)
  const { isTTY, columns } = process.stdout
  out(`${runPage(row, records, paint)}\n`)
  out(timeline(row, records, paint, { full, ...(isTTY ? { width: columns } : {}) }))
}

function usageJson(records: readonly JournalRecord[]): object {
  const { inputTokens, outputTokens, cost } = sumOf(callsOf(records).map(({ usage }) => usage))
  return { input_tokens: inputTokens, output_tokens: outputTokens, cost }
}

/** `run diff A B`. @returns 1 where they differ */
export async function diffRuns(stage: Stage): Promise<number> {
  const store = await runStore(stage)
  const [one, other] = stage.parsed.args as [string, string]
  // Times stand inside values, also in those that lie in blobs.
  const whole = { whole: true }
  const [left, right] = [await readRun(store, one, whole), await readRun(store, other, whole)]
  if (left.row.runId === right.row.runId) throw twice(left.row.runId)
  const diff = diffOf(left.records, right.records)
  const runs = [left.row, right.row] as const
  if (stage.json) out(`${toJson({ ok: true, runs: runs.map(rowJson), ...diff })}\n`)
  else out(diffText(diff, runs, painter(process.stdout.isTTY)))
  return diff.identical ? 0 : EXIT_CODES.script
}

function twice(runId: string): SpellError {
  return new SpellError('FLAG_INVALID', `Both arguments mean run '${runId}'.`, {
    hint: 'Name two runs: llmspell run list',
  })
}
