import { SpellError } from '@llmspell/sdk'
import type { AdoptedRun, RunRow } from '@llmspell/sdk'
import { isRecordShape, isRunShape } from '@llmspell/sdk/store'
import type { RecordBody, RowChange } from './log.ts'
import type { Runs } from './runs.ts'
import { blobsIn } from './seed.ts'
import { isFinal } from './status.ts'
import { refOps } from './store.ts'
import type { StoredRun } from './store.ts'
import { checkRunId } from './submit.ts'

const PAUSED = {
  name: 'SpellError',
  code: 'RUN_PAUSED',
  message: 'The run was begun elsewhere.',
  hint: 'Resume it by its id.',
} as const

/** Keeps a run of another store as it was there, its records tied together anew. */
export function adopt(runs: Runs, run: AdoptedRun): Promise<boolean> {
  checkRunId(run.runId)
  if (!isRunShape(run) || !run.records.every(isRecordShape)) throw misshapen(run.runId)
  const [begin, ...rest] = run.records
  if (begin?.kind !== 'begin' || rest.some(({ kind }) => kind === 'begin'))
    throw headless(run.runId)
  return runs.alone(run.runId, async () => {
    if (await runs.find(run.runId)) return false
    const log = runs.log(storedOf(run, begin.input, runs.options.retentionMs), { fresh: true })
    log.append(begin, { synced: false, at: begin.at, ops: refsOf(run, run.definition) })
    for (const body of rest)
      log.append(body as RecordBody, { synced: false, at: body.at, ops: refsOf(run, body) })
    await log.change(endOf(run, runs.options.retentionMs), true)
    return true
  })
}

function refsOf({ runId }: AdoptedRun, named: object) {
  const own = 'hash' in named && typeof named.hash === 'string' ? [named.hash] : []
  return [...own, ...blobsIn(named)].flatMap((hash) => refOps(hash, runId))
}

function storedOf(run: AdoptedRun, input: StoredRun['input'], retentionMs: number): StoredRun {
  const { runId, definition, labels, createdAt } = run
  const row: RunRow = {
    runId,
    status: 'paused',
    definition,
    ...(labels && { labels }),
    records: 0,
    bytes: 0,
    createdAt,
    updatedAt: createdAt,
  }
  const rest = { durability: 'sync', onUnknown: 'ask', retentionMs } as const
  return { row, generation: 0, tenant: 'local', input, ...rest }
}

function endOf({ status, reason, endedAt }: AdoptedRun, retentionMs: number): RowChange {
  if (!isFinal(status) || endedAt === undefined)
    return { row: { status: 'paused', reason: PAUSED } }
  const expiresAt = Date.now() + retentionMs
  return { row: { status, endedAt, expiresAt, ...(reason && { reason }) } }
}

function misshapen(id: string): SpellError {
  const message = `The run '${id}' cannot be kept: expected records of a journal, found others.`
  return new SpellError('INPUT_INVALID', message, { hint: 'Take its records from a history.' })
}

function headless(id: string): SpellError {
  const message = `The run '${id.slice(0, 128)}' cannot be kept: expected one beginning, and first.`
  return new SpellError('INPUT_INVALID', message, { hint: 'Take its records from a history.' })
}
