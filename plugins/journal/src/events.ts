import type { RunEvent, RunId } from '@llmspell/sdk'
import type { Runs } from './runs.ts'
import { isFinal } from './status.ts'

/** The journal, then what happens, until the run ends or the signal says so. */
export async function* eventsOf(
  runs: Runs,
  id: RunId,
  { after = -1, signal }: { readonly after?: number; readonly signal?: AbortSignal },
): AsyncIterable<RunEvent> {
  const watcher = runs.watchers.open(id)
  let last = after
  try {
    watcher.lagging = true
    while (!signal?.aborted) {
      if (watcher.lagging) {
        watcher.take()
        for await (const record of runs.history(id, last)) {
          last = record.n
          yield { type: 'record', record }
        }
      }
      for (const event of watcher.take()) {
        if (event.type === 'record' && event.record.n <= last) continue
        if (event.type === 'record') last = event.record.n
        yield event
      }
      const { row } = await runs.known(id)
      if (isFinal(row.status) && !runs.going(id) && last >= row.records - 1) return
      await watcher.wait(signal)
    }
  } finally {
    runs.watchers.close(id, watcher)
  }
}
