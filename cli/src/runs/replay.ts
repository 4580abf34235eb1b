import { toErrorRecord, type ReplayResult } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson, valueText } from '../print/envelope.ts'
import { plain, printable } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { recordNumber } from './number.ts'
import { storeOfRun } from './plugins.ts'

/** `run replay ID`: prints what the script printed, without asking anybody. @returns 1 where it asks for something else */
export async function replay(stage: Stage): Promise<number> {
  const { runId, ...store } = await storeOfRun(stage, stage.parsed.args[0]!)
  const until = await recordNumber(store, runId, 'until', text(stage.parsed, 'until'))
  const runtime = await store.kernel.use('script-runtime')
  const printed: string[] = []
  const write = (piece: string): void =>
    stage.json ? void printed.push(piece) : out(printable(piece))
  const whole = await runtime.replay(runId, { write, ...(until === undefined ? {} : { until }) })
  // What it gave in the end is behind the record that it was to stop at.
  const found = until === undefined ? whole : { ...whole, result: undefined }
  if (stage.json) out(`${toJson(replayJson(runId, found, printed.join('')))}\n`)
  else tell(stage, found)
  return found.report.identical ? 0 : EXIT_CODES.script
}

function replayJson(runId: string, { result, report }: ReplayResult, output: string): object {
  const { identical, records, difference, outcome } = report
  return {
    ok: identical,
    run_id: runId,
    identical,
    records: records.length,
    ...(difference ? { difference } : {}),
    outcome: outcome.status,
    ...('error' in outcome ? { error: toErrorRecord(outcome.error) } : {}),
    result: result?.value ?? null,
    output,
  }
}

function tell({ quiet }: Stage, { result, report }: ReplayResult): void {
  if (result) out(printable(valueText(result.value)))
  const { identical, records, difference, outcome } = report
  if ('error' in outcome)
    err(`the run failed: ${plain(outcome.error.code)}: ${plain(outcome.error.message)}\n`)
  if (identical) {
    if (!quiet) err(`replayed ${records.length} records: identical\n`)
    return
  }
  const rows = difference
    ? [
        `record ${difference.n}, ${difference.path}`,
        `  expected ${difference.expected}`,
        `  found    ${difference.found}`,
      ]
    : ['the journal is longer than what the script asks for']
  err(`not identical: ${rows.map((row) => `${plain(row)}\n`).join('')}`)
}
