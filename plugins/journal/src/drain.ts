import type { RunId } from '@llmspell/sdk'
import type { Opened } from './recover.ts'
import type { Runs } from './runs.ts'
import { isFinal } from './status.ts'
import { suspend } from './steer.ts'

/** Lets what is under way come to an end, and drops the rest when the time is over. */
export async function drained(runs: Runs, deadlineMs: number) {
  const ids = runs.ids
  runs.passive.close()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, deadlineMs)))
  await Promise.race([Promise.all(ids.map((id) => suspend(runs, id, 2 * deadlineMs))), late])
  clearTimeout(timer)
  const abandoned: RunId[] = runs.ids.filter((id) => ids.includes(id))
  await dropped(runs, abandoned)
  let finished = 0
  for (const id of ids) {
    const stored = await runs.find(id)
    if (stored && isFinal(stored.row.status)) finished++
  }
  return { finished, suspended: ids.length - finished - abandoned.length, abandoned }
}

async function dropped(runs: Runs, ids: readonly RunId[]): Promise<void> {
  const over = ids.flatMap((id) => runs.going(id)?.over ?? [])
  for (const id of ids) runs.stop(id)
  await Promise.all(over)
}

/** Everything leaves memory, and what is written is on its way to the disk. */
export async function stopped({ runs, close }: Opened): Promise<void> {
  if (runs.stopping) return
  runs.stopping = true
  close()
  runs.passive.close()
  await dropped(runs, runs.ids)
  await runs.committer.flush()
  await runs.lease.end()
}
