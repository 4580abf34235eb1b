import { isDeepStrictEqual } from 'node:util'
import type {
  Json,
  RunOutcome,
  RunRow,
  ScriptRuntime,
  Value,
  WorkflowExecutor,
} from '@llmspell/sdk'
import { anewId, begunAnew, firstAsked, lastAnswer } from './anew.ts'
import type { Asked } from './anew.ts'
import { hidden, hiddenText } from './hidden.ts'
import { plainly, valueIn } from './plain-value.ts'
import type { ReplayCopy } from './replay-copy.ts'
import type { ReplayRequest } from './replay.ts'
import type { ReplayDifference, ReplayedRun } from './types.ts'

interface Parts {
  readonly runtime: ScriptRuntime
  readonly executor: WorkflowExecutor
  readonly request: ReplayRequest
  readonly signal: AbortSignal
  /** Where what is asked anew leaves its values. */
  readonly copy: ReplayCopy
}

/** Characters of a value in a difference. */
const SHOWN = 2000
const NO_GRANTS = [{ holder: 'replay', allow: {} }]

/** One replay: run after run, as they were begun. */
export class Playing {
  readonly #parts: Parts
  readonly #differences: ReplayDifference[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async all(rows: readonly RunRow[]) {
    const { request, signal } = this.#parts
    const runs: ReplayedRun[] = []
    const asked = await this.#asked(rows)
    for (const row of rows) {
      if (signal.aborted) break
      const run = await this.#one(row, asked)
      runs.push(run)
      if (request.stop_on_error === true && run.error) break
    }
    const { copy } = this.#parts
    if (copy.id !== undefined && this.#compares)
      this.#differences.push(...(await copy.differences(runs.at(-1)!.run_id)))
    return { runs, differences: this.#differences }
  }

  /** By the run: what is asked anew first. */
  async #asked(rows: readonly RunRow[]): Promise<ReadonlyMap<string, Asked>> {
    const { executor, request } = this.#parts
    const found = new Map<string, Asked>()
    if ((request.mode ?? 'exact') === 'exact') return found
    for (const { runId } of rows) {
      const asked = await firstAsked(executor, runId, request)
      if (asked) found.set(runId, asked)
    }
    return found
  }

  async #one(row: RunRow, all: ReadonlyMap<string, Asked>): Promise<ReplayedRun> {
    const { executor, request } = this.#parts
    const { runId } = row
    const asked = all.get(runId)
    if (request.mode !== 'modified' || all.size === 0) return this.#exact(runId, asked)
    if (asked) return { ...(await this.#anew(runId, asked.n - 1)), asked }
    // Runs beside it read what this one wrote: it writes that into the child too.
    const at = await lastAnswer(executor, row)
    return at === undefined ? this.#exact(runId) : this.#anew(runId, at)
  }

  /** @param asked where it stops: what stands there would be asked anew */
  async #exact(run_id: string, asked?: Asked): Promise<ReplayedRun> {
    const { runtime, signal } = this.#parts
    const until = asked ? { until: asked.n - 1 } : {}
    const { result, report } = await runtime.replay(run_id, { signal, write: () => {}, ...until })
    const { difference, identical, outcome } = report
    if (!identical && this.#compares)
      this.#differences.push({
        run_id,
        ...(difference ? { n: difference.n } : {}),
        expected: hiddenText(difference?.expected ?? 'all records of the journal', SHOWN),
        found: hiddenText(difference?.found ?? `${report.records.length} records`, SHOWN),
      })
    if (asked) return { run_id, status: outcome.status, asked }
    return { run_id, ...shown(outcome, plainly(result?.value)) }
  }

  /** @param at number of the last record that answers it */
  async #anew(run: string, at: number): Promise<ReplayedRun> {
    const { executor, request, signal, copy: place } = this.#parts
    const { model, grants = NO_GRANTS, key } = request
    const copy = [place.of, await place.made()] as const
    await place.take(executor, { run, at, as: anewId(key, run) })
    const new_run_id = await begunAnew(executor, { run, at, model, grants, copy, key })
    await place.note(new_run_id)
    const after = await executor.result<Json>(new_run_id, { signal })
    if (signal.aborted) await executor.cancel(new_run_id, { reason: 'the replay', mode: 'kill' })
    const before = await executor.result<Json>(run)
    if (this.#compares && !isDeepStrictEqual(endOf(before), endOf(after)))
      this.#differences.push({ run_id: run, expected: text(before), found: text(after) })
    const value = after.status === 'succeeded' ? valueIn(after.value) : undefined
    return { run_id: run, new_run_id, ...shown(after, value) }
  }

  get #compares(): boolean {
    return this.#parts.request.compare_results ?? true
  }
}

function shown(outcome: RunOutcome<Json>, value: Value | undefined) {
  const { status } = outcome
  if (status === 'pending') return { status: outcome.run.status }
  if (status === 'succeeded') return { status, ...(value === undefined ? {} : { result: value }) }
  const { code, message } = outcome.error
  return { status, error: { code, message } }
}

/** What two runs are compared by. */
function endOf(outcome: RunOutcome<Json>): Json {
  if (outcome.status === 'succeeded') return { value: outcome.value }
  return outcome.status === 'pending' ? { pending: true } : { code: outcome.error.code }
}

function text(outcome: RunOutcome<Json>): string {
  return JSON.stringify(hidden(endOf(outcome))).slice(0, SHOWN)
}
