import type { Json, RunId, RunOutcome } from '@llmspell/sdk'
import { load } from './load.ts'
import type { Runs } from './runs.ts'
import { isFinal } from './status.ts'

/** How a run stands, by its journal. */
export async function outcomeIn<T extends Json>(runs: Runs, id: RunId): Promise<RunOutcome<T>> {
  const stored = await runs.known(id)
  const { row } = stored
  const unknown = { code: 'INTERNAL', message: `Run '${id}' ended without saying why.` }
  if (row.status === 'failed' || row.status === 'cancelled')
    return { status: row.status, error: row.reason ?? unknown }
  if (!isFinal(row.status) || runs.going(id)) return { status: 'pending', run: row }
  await runs.committer.flush()
  const end = (await load(runs.store, stored)).records.at(-1)
  if (end?.kind === 'end' && 'ok' in end.outcome && end.outcome.ok)
    return { status: 'succeeded', value: (await runs.store.value(end.outcome.value)) as T }
  const { log } = await runs.open(stored)
  return { status: 'pending', run: log.row }
}
