import { isSpellError } from '@llmspell/sdk'
import type { ExecutorHost, StateBackend } from '@llmspell/sdk'
import { systemClock, Timers } from './clock.ts'
import type { Seen } from './clock.ts'
import { heardElsewhere } from './elsewhere.ts'
import { listed } from './list.ts'
import { purge } from './purge.ts'
import { resume } from './resume.ts'
import { Runs } from './runs.ts'
import type { RunsOptions } from './options.ts'
import { UNFINISHED } from './status.ts'
import { Signals } from './signals.ts'
import { suspend } from './steer.ts'
import { put, RunStore } from './store.ts'
import type { StoredRun } from './store.ts'

/** How often the latest time is written down, and ended runs are looked through. */
const CARE_MS = 60_000
const PASSIVATE_MS = 60_000
/** How late a run that waits may leave memory. */
const MOST_OFTEN_MS = 10_000

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
  const found = (await new RunStore(backend).mine.get<number | Record<string, number>>('clock'))
    ?.value
  const mark = typeof found === 'number' ? found : 0
  const timers = new Timers(
    clock,
    typeof found === 'object' ? (found as unknown as Seen) : { mark },
  )
  const runs = new Runs(backend, host, timers, options)
  const closes = [care(runs), heardElsewhere(runs)]
  if (options.recover) {
    await recovered(runs)
    closes.push(passivating(runs))
  }
  return { runs, close: () => closes.forEach((close) => close()) }
}

async function recovered(runs: Runs): Promise<void> {
  const found: StoredRun[] = []
  for (const status of UNFINISHED)
    for await (const stored of listed(runs, { status: [status] })) found.push(stored)
  for (const stored of found) {
    const { runId } = stored.row
    try {
      if (await waits(runs, stored)) runs.passive.keep(stored)
      else await resume(runs, runId, {})
    } catch (error) {
      if (isSpellError(error) && error.code === 'RUN_BUSY') continue
      runs.host.logger.error(`Run '${runId}' does not go on: ${String(error)}`)
    }
  }
}

/** True where nothing has come that the run waits for: it need not be in memory. */
async function waits(runs: Runs, { row, waits: names, cancel }: StoredRun): Promise<boolean> {
  if (row.status !== 'waiting' || !names || cancel) return false
  const kept = await new Signals(row.runId, runs.store).kept()
  return !kept.some((signal) => names.some(({ name }) => name === signal.name))
}

/** Drops from memory what only waits, and for long. */
function passivating(runs: Runs): () => void {
  const { passivateMs = PASSIVATE_MS } = runs.options
  const look = (): void => {
    const before = runs.timers.clock.now() - passivateMs
    for (const id of runs.ids) {
      const life = runs.going(id)?.life
      if (!life?.live || life.row.status !== 'waiting' || life.row.updatedAt > before) continue
      suspend(runs, id).catch((error: unknown) =>
        runs.host.logger.warn(`Run '${id}' stays in memory: ${String(error)}`),
      )
    }
  }
  const timer = setInterval(look, Math.min(Math.max(passivateMs / 4, 10), MOST_OFTEN_MS))
  timer.unref()
  return () => clearInterval(timer)
}

/** Keeps the high-water mark of time, and removes runs whose time is over. */
function care(runs: Runs): () => void {
  let last = 0
  const look = async (): Promise<void> => {
    const { past, seen } = runs.timers
    if (past <= last) return
    last = past
    const ops = [put('clock', { ...seen }), ...runs.lease.beat(Date.now())]
    await runs.committer.commit(ops, 'os')
    await purge(runs, {}, ({ row }) => (row.expiresAt ?? past) < past)
  }
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      // The store may close while it looks.
      if (!runs.stopping) runs.host.logger.warn(`Runs are not cared for: ${String(error)}`)
    })
  }, CARE_MS)
  timer.unref()
  return () => clearInterval(timer)
}
