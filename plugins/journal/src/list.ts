import type { RunQuery, RunRow } from '@llmspell/sdk'
import type { Runs } from './runs.ts'
import type { StoredRun } from './store.ts'

/** Newest first. */
export async function* listed(runs: Runs, query: RunQuery): AsyncIterable<StoredRun> {
  await runs.committer.flush()
  const { status, limit = Number.POSITIVE_INFINITY } = query
  const prefix = status?.length === 1 ? `status/${status[0]}/` : 'time/'
  let left = limit
  for await (const [key] of runs.store.mine.iterate({ prefix, reverse: true })) {
    if (left <= 0) return
    const stored = await runs.find(key.slice(key.lastIndexOf('/') + 1))
    if (!stored || !fits(stored, query)) continue
    left--
    yield stored
  }
}

function fits({ row, tenant }: StoredRun, query: RunQuery): boolean {
  const { status, labels = {}, createdAfter, createdBefore } = query
  if (status && !status.includes(row.status)) return false
  if (query.tenant !== undefined && query.tenant !== tenant) return false
  if (createdAfter !== undefined && row.createdAt <= createdAfter) return false
  if (createdBefore !== undefined && row.createdAt >= createdBefore) return false
  return Object.entries(labels).every(([key, value]) => labelOf(row, key) === value)
}

function labelOf({ labels }: RunRow, key: string): string | undefined {
  return labels && Object.hasOwn(labels, key) ? labels[key] : undefined
}
