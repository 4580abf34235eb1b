import type { RunId } from '@llmspell/sdk'
import type { Runs } from './runs.ts'
import { MINE } from './store.ts'

/** How late a run hears what another process has sent it while it began to wait. */
const LOOK_MS = 200

/** Hands signals that other processes accept to runs that wait for them here. */
export function heardElsewhere(runs: Runs): () => void {
  const { backend } = runs.store
  if (!backend.capabilities.multiProcess) return () => {}
  let watch: AbortController | undefined
  let known: ReadonlySet<RunId> = new Set()
  const look = (): void => {
    const waiting = runs.ids.filter((id) => waits(runs, id))
    if (waiting.length === 0) {
      watch?.abort()
      watch = undefined
    } else if (!watch) void watched(runs, (watch = new AbortController()).signal)
    for (const id of waiting) if (!known.has(id)) void handed(runs, id)
    known = new Set(waiting)
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    watch?.abort()
  }
}

function waits(runs: Runs, id: RunId): boolean {
  const life = runs.going(id)?.life
  return life?.live === true && !life.closed && life.inbox.waits.length > 0
}

async function watched(runs: Runs, signal: AbortSignal): Promise<void> {
  const { backend } = runs.store
  try {
    for await (const change of backend.watch({ ...MINE, prefix: 'sig/' }, { signal })) {
      if ('reset' in change) for (const id of runs.ids) await handed(runs, id)
      else if (change.op === 'put') await handed(runs, change.key.split('/')[1]!)
    }
  } catch (error) {
    if (!runs.stopping) runs.host.logger.warn(`Signals of others are not heard: ${String(error)}`)
  }
}

/** One that it has seen already it does not take again. */
async function handed(runs: Runs, id: RunId): Promise<void> {
  if (!waits(runs, id)) return
  const kept = await runs
    .signals(id)
    .kept()
    .catch(() => [])
  if (waits(runs, id)) runs.going(id)!.life.inbox.takes(...kept)
}
