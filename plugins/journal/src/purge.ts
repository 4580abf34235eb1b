import type { RunQuery, RunId, StateOp } from '@llmspell/sdk'
import { listed } from './list.ts'
import type { Runs } from './runs.ts'
import { isFinal } from './status.ts'
import { deleteBlob, indexKeys, put, remove, runScope } from './store.ts'
import type { StoredRun } from './store.ts'

/** A large value that nobody names any more is kept this long: somebody may be about to name it. */
const ORPHAN_MS = 60 * 60 * 1000

/** Removes ended runs that fit. How many. */
export async function purge(
  runs: Runs,
  query: RunQuery,
  fits: (stored: StoredRun) => boolean,
): Promise<number> {
  const gone: StoredRun[] = []
  for await (const stored of listed(runs, query)) {
    if (isFinal(stored.row.status) && !runs.going(stored.row.runId) && fits(stored))
      gone.push(stored)
  }
  for (const stored of gone) await runs.alone(stored.row.runId, () => purgeOne(runs, stored))
  await sweep(runs)
  return gone.length
}

async function purgeOne(runs: Runs, { row }: StoredRun): Promise<void> {
  const { runId } = row
  const ops: StateOp[] = [remove(`run/${runId}`), ...indexKeys(row).map(remove)]
  const scope = runScope(runId)
  for await (const [key] of runs.store.backend.scope(scope).iterate())
    ops.push({ op: 'delete', scope, key })
  for (const prefix of [`sig/${runId}/`, `sid/${runId}/`])
    for await (const [key] of runs.store.mine.iterate({ prefix })) ops.push(remove(key))
  ops.push(...(await unreferenced(runs, runId)))
  await runs.committer.commit(ops, 'sync')
}

/** Its references to large values go; a value without any is marked. */
async function unreferenced(runs: Runs, runId: RunId): Promise<StateOp[]> {
  const ops: StateOp[] = []
  for await (const [key] of runs.store.mine.iterate({ prefix: `refs/${runId}/` })) {
    const hash = key.slice(key.lastIndexOf('/') + 1)
    ops.push(remove(key), remove(`ref/${hash}/${runId}`))
    if (!(await named(runs, hash, runId))) ops.push(put(`orphan/${hash}`, runs.timers.clock.now()))
  }
  return ops
}

async function named(runs: Runs, hash: string, but?: RunId): Promise<boolean> {
  for await (const [key] of runs.store.mine.iterate({ prefix: `ref/${hash}/`, limit: 2 }))
    if (key !== `ref/${hash}/${but}`) return true
  return false
}

async function sweep(runs: Runs): Promise<void> {
  const ops: StateOp[] = []
  const before = runs.timers.clock.now() - ORPHAN_MS
  for await (const [key, { value }] of runs.store.mine.iterate({ prefix: 'orphan/' })) {
    if (Number(value) > before) continue
    const hash = key.slice('orphan/'.length)
    ops.push(remove(key))
    if (!(await named(runs, hash))) ops.push(deleteBlob(hash))
  }
  if (ops.length > 0) await runs.committer.commit(ops, 'os')
}
