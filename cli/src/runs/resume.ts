import { SpellError, type RunRow } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { isOn } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { goOn } from './go-on.ts'
import { storeOfRun, withPluginsOf } from './plugins.ts'
import { progressLine, runStore, type RunStore } from './store.ts'

/** `run resume ID`, or `--all`. @returns the exit code */
export async function resume(stage: Stage): Promise<number> {
  const [given] = stage.parsed.args
  const all = isOn(stage.parsed, 'all')
  if (all === (given !== undefined)) throw eitherOne(stage)
  if (all) return resumeAll(stage, await runStore(stage))
  const { runId, ...store } = await storeOfRun(stage, given!)
  await goOn(stage, store, runId, progressLine(stage))
  return 0
}

function eitherOne({ parsed }: Stage): SpellError {
  const found = parsed.args.length > 0 ? 'both' : 'neither'
  const text = `'llmspell run resume' needs the ID of a run or '--all', found ${found}.`
  return new SpellError(found === 'both' ? 'FLAG_INVALID' : 'ARGUMENT_MISSING', text, {
    hint: 'See the runs with: llmspell run list',
  })
}

/** Every run that can go on by itself, one after the other; the first failure is the exit code. */
async function resumeAll(stage: Stage, first: RunStore): Promise<number> {
  let store = first
  const rows = await Array.fromAsync(store.executor.list({}))
  const due = rows.filter((row) => isDue(row, Date.now())).toReversed()
  if (due.length === 0 && !stage.json) out('No run is due.\n')
  let code = 0
  for (const { runId, definition } of due) {
    const line = progressLine(stage)
    if (!stage.json && !stage.quiet) line.line(`${runId}  ${plain(definition.name)}\n`)
    const gone = async (): Promise<void> => {
      store = await withPluginsOf(stage, store, runId)
      await goOn(stage, store, runId, line)
    }
    code ||= await gone().then(
      () => 0,
      (error: unknown) => stage.fail(error),
    )
  }
  return code
}

/** True for a run whose process is gone, whose time has come, or that has the signal that it waits for. */
export function isDue({ status, waiting }: RunRow, now: number): boolean {
  if (['queued', 'running', 'cancelling'].includes(status)) return true
  if (status !== 'waiting' || !waiting) return false
  return waiting.arrived === true || (waiting.until ?? Infinity) <= now
}
