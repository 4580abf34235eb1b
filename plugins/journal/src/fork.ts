import { SpellError } from '@llmspell/sdk'
import type { DefinitionRef, Json, RunId } from '@llmspell/sdk'
import { load } from './load.ts'
import type { Runs } from './runs.ts'
import { seededBy } from './seed.ts'
import { submit } from './start.ts'

export interface ForkRequest {
  readonly newRunId: RunId
  readonly at?: number
  readonly input?: Json
  readonly definition?: DefinitionRef
}

/** A new run that is answered by the records of another one up to some number. */
export async function fork(runs: Runs, id: RunId, request: ForkRequest): Promise<void> {
  await runs.committer.flush()
  const stored = await runs.known(id)
  const { row, tenant, durability, onUnknown } = stored
  const { records } = await load(runs.store, stored)
  const upTo = records.filter(({ n }) => request.at === undefined || n <= request.at)
  const seeded = seededBy(upTo)
  if (!seeded) throw outside(id, request.at)
  const { newRunId: runId, definition = stored.definition ?? row.definition } = request
  const input = request.input ?? (await runs.store.value(stored.input))
  const forkedFrom = { runId: id, n: upTo.at(-1)?.n ?? 0 }
  const labels = row.labels && { labels: row.labels }
  const asked = { runId, definition, input, tenant, durability, onUnknown, ...labels }
  const { duplicate } = await submit(runs, asked, { ...seeded, forkedFrom })
  if (duplicate) throw taken(runId)
}

function outside(id: RunId, at: number | undefined): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `Run '${id}' cannot be forked at record ${at}: expected one of its records.`,
    {
      hint: 'Take the number of a mark from its history.',
    },
  )
}

function taken(id: RunId): SpellError {
  return new SpellError('INPUT_INVALID', `Run '${id}' exists: expected an id that is free.`, {
    hint: 'Choose another id for the fork.',
  })
}
