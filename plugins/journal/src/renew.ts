import type { Json } from '@llmspell/sdk'
import type { Life } from './life.ts'
import type { Runs } from './runs.ts'
import { recordKey, runScope } from './store.ts'
import { beginOf } from './submit.ts'
import { pack } from './values.ts'

/** A fresh journal under the same id; the old one goes in the same batch. */
export function renewed(runs: Runs, life: Life, input: Json): void {
  const { stored } = life.log
  const { runId, records } = stored.row
  const packed = pack(input)
  const generation = stored.generation + 1
  const row = { ...stored.row, records: 0, bytes: 0 }
  const next = { ...stored, generation, input: packed.stored, row }
  const log = runs.log(next, {})
  const ops = Array.from({ length: records }, (_, n) => ({
    op: 'delete' as const,
    scope: runScope(runId),
    key: recordKey(stored.generation, n),
  }))
  const options = { synced: true, packed: [packed], ops }
  const { record } = log.append(beginOf(next, packed, 'embedded'), options)
  if (!runs.stopping) runs.go({ mode: 'live', log, records: [record] })
}
