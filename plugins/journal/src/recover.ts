import type { ExecutorHost, StateBackend } from '@llmspell/sdk'
import { systemClock, Timers } from './clock.ts'
import { listed } from './list.ts'
import { purge } from './purge.ts'
import { resume } from './resume.ts'
import { Runs } from './runs.ts'
import type { RunsOptions } from './runs.ts'
import { UNFINISHED } from './status.ts'
import { put, RunStore } from './store.ts'

/** How often the latest time is written down, and ended runs are looked through. */
const CARE_MS = 60_000

/** What is open while the executor works. */
export interface Opened {
  readonly runs: Runs
  readonly close: () => void
}

/** Opens the runs of a store, and goes on with those that have not ended. */
export async function opened(
  backend: StateBackend,
  host: ExecutorHost,
  options: RunsOptions & { readonly recover: boolean },
): Promise<Opened> {
  const clock = host.clock ?? systemClock()
  const mark = await new RunStore(backend).mine.get<number>('clock')
  const timers = new Timers(clock, mark?.value ?? 0)
  const runs = new Runs(backend, host, timers, options)
  const close = care(runs)
  if (options.recover) await recovered(runs)
  return { runs, close }
}

async function recovered(runs: Runs): Promise<void> {
  const ids: string[] = []
  for (const status of UNFINISHED)
    for await (const { row } of listed(runs, { status: [status] })) ids.push(row.runId)
  for (const id of ids) {
    try {
      await resume(runs, id, {})
    } catch (error) {
      runs.host.logger.error(`Run '${id}' does not go on: ${String(error)}`)
    }
  }
}

/** Keeps the high-water mark of time, and removes runs whose time is over. */
function care(runs: Runs): () => void {
  let last = 0
  const look = async (): Promise<void> => {
    const { mark } = runs.timers
    if (mark <= last) return
    last = mark
    await runs.committer.commit([put('clock', mark)], 'os')
    await purge(runs, {}, ({ row }) => (row.expiresAt ?? mark) < mark)
  }
  const timer = setInterval(() => {
    look().catch((error: unknown) =>
      runs.host.logger.warn(`Runs are not cared for: ${String(error)}`),
    )
  }, CARE_MS)
  timer.unref()
  return () => clearInterval(timer)
}
