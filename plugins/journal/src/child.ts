import { fromErrorRecord, isSpellError } from '@llmspell/sdk'
import type { Json } from '@llmspell/sdk'
import type { ChildRequest } from './lent.ts'
import type { Life } from './life.ts'
import { outcomeIn } from './outcome.ts'
import { resume } from './resume.ts'
import type { Runs } from './runs.ts'
import { isFinal } from './status.ts'
import { submit } from './start.ts'
import { cancel } from './steer.ts'

/** Runs another run to its end: the same one, however often it is asked for. */
export async function child(runs: Runs, parent: Life, request: ChildRequest): Promise<Json> {
  const { path, key, definition, input, onParentCancel, signal } = request
  const runId = `child-${key}`
  const { row, tenant, durability } = parent.log.stored
  const link = { runId: row.runId, path, onParentCancel }
  const { duplicate } = await submit(runs, {
    runId,
    definition,
    input,
    tenant,
    durability,
    parent: link,
  })
  if (duplicate && !runs.going(runId) && !isFinal((await runs.known(runId)).row.status))
    await resume(runs, runId, {})
  return untilEnd(runs, runId, onParentCancel, signal)
}

async function untilEnd(
  runs: Runs,
  runId: string,
  onParentCancel: 'cancel' | 'leave',
  signal: AbortSignal,
): Promise<Json> {
  const watcher = runs.watchers.open(runId)
  try {
    for (;;) {
      await Promise.race([runs.going(runId)?.over, aborted(signal)])
      if (signal.aborted) return await left(runs, runId, onParentCancel, signal)
      const outcome = await outcomeIn(runs, runId)
      if (outcome.status === 'succeeded') return outcome.value
      if (outcome.status !== 'pending') throw fromErrorRecord(outcome.error)
      watcher.take()
      await watcher.wait(signal)
    }
  } finally {
    runs.watchers.close(runId, watcher)
  }
}

async function left(
  runs: Runs,
  runId: string,
  onParentCancel: string,
  signal: AbortSignal,
): Promise<never> {
  const { reason } = signal as { reason: unknown }
  const gone = isSpellError(reason) && reason.code === 'RUN_SUSPENDED'
  if (!gone && onParentCancel === 'cancel') {
    await cancel(runs, runId, { reason: 'the run that started it was cancelled', mode: 'graceful' })
    await runs.over(runId)
  }
  throw reason
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
