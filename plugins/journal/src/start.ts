import type { JournalRecord, RunId, SubmitRequest } from '@llmspell/sdk'
import type { Runs } from './runs.ts'
import { refOps } from './store.ts'
import { requireKept } from './kept.ts'
import { begun } from './submit.ts'
import { blobsIn } from './seed.ts'
import type { Seeded } from './seed.ts'

/** Puts a run into the store and begins it. */
export function submit(
  runs: Runs,
  request: SubmitRequest,
  seeded?: Seeded,
): Promise<{ runId: RunId; duplicate: boolean }> {
  const { runId } = request
  return runs.alone(runId, async () => {
    if (await runs.find(runId)) return { runId, duplicate: true }
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
  })
}
