import { setTimeout as sleep } from 'node:timers/promises'
import { isSpellError } from '@llmspell/sdk'
import type { JournalRecord, RunId, SubmitRequest } from '@llmspell/sdk'
import type { Runs } from './runs.ts'
import { refOps } from './store.ts'
import { requireKept } from './kept.ts'
import { begun, checkRunId } from './submit.ts'
import { blobsIn } from './seed.ts'
import type { Seeded } from './seed.ts'

const PATIENCE_MS = 1000
const LOOK_MS = 20

/** Puts a run into the store and begins it. @throws RUN_BUSY where another process does so and does not come to it */
export async function submit(
  runs: Runs,
  request: SubmitRequest,
  seeded?: Seeded,
): Promise<{ runId: RunId; duplicate: boolean }> {
  const { runId } = request
  const known = { runId, duplicate: true }
  if (await runs.alone(runId, () => runs.find(runId))) return known
  checkRunId(runId)
  try {
    return await runs.held(runId, async () => {
      if (await runs.find(runId)) return known
      return started(runs, request, seeded)
    })
  } catch (error) {
    if (isSpellError(error) && error.code === 'RUN_BUSY' && (await appears(runs, runId)))
      return known
    throw error
  }
}

/** The process that was faster writes it at once. */
async function appears(runs: Runs, id: RunId): Promise<boolean> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(LOOK_MS))
    if (await runs.store.run(id)) return true
  return false
}

async function started(
  runs: Runs,
  request: SubmitRequest,
  seeded?: Seeded,
): Promise<{ runId: RunId; duplicate: boolean }> {
  const { runId } = request
  const { retentionMs } = runs.options
  const now = runs.timers.clock.now()
  const { stored, begin, input } = begun(request, { now, retentionMs, executor: 'embedded' })
  requireKept(runs.store.backend.capabilities, stored.durability)
  const row = { ...stored.row, ...(seeded?.forkedFrom && { forkedFrom: seeded.forkedFrom }) }
  const bodies = seeded?.bodies ?? []
  const seeds = bodies.length > 0 && { seeds: bodies.length + 1 }
  const log = runs.log({ ...stored, ...seeds, row }, { fresh: true })
  const ops = refOps(request.definition.hash, runId)
  const written = Promise.withResolvers<void>()
  written.promise.catch(() => {})
  const onDurable = (error?: unknown): void =>
    error === undefined ? written.resolve() : written.reject(error)
  const first = seeded ? { ...begin, ...seeded.begin } : begin
  const records: JournalRecord[] = []
  const packed = [input]
  const told = (i: number) => (i === bodies.length ? { onDurable } : {})
  records.push(log.append(first, { synced: true, packed, ops, ...told(0) }).record)
  for (const [i, body] of bodies.entries()) {
    const refs = blobsIn(body).flatMap((hash) => refOps(hash, runId))
    const options = { synced: true, at: body.at, ops: refs, ...told(i + 1) }
    records.push(log.append(body, options).record)
  }
  if (stored.durability !== 'none') await written.promise
  runs.go({ mode: records.length > 1 ? 'resume' : 'live', log, records })
  return { runId, duplicate: false }
}
