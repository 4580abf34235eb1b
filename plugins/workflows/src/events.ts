import type { Value } from '@llmspell/sdk'
import { Channel } from './channel.ts'
import { runWorkflow } from './run.ts'
import type { RunRequest } from './execution.ts'
import { Stop } from './stop.ts'
import type { Workflow } from './workflow.ts'

/** How far an execution may be ahead of its reader. */
const AHEAD = 16

/** An execution as it happens. It waits for its reader, and ends when the reader leaves. */
export async function* events(workflow: Workflow, request: RunRequest): AsyncGenerator<Value> {
  const stop = new Stop(request.context.signal)
  const channel = new Channel<Value>(AHEAD)
  const emit = (event: Value): Promise<void> => channel.put(event, stop.signal)
  const result = runWorkflow(workflow, { ...request, emit, signal: stop.signal })
  const ended = result.finally(() => channel.close())
  ended.catch(() => {})
  try {
    const never = new AbortController().signal
    for (let next = await channel.take(never); next; next = await channel.take(never))
      yield next.item
    yield { type: 'finish', text: '', result: (await ended) as unknown as Value }
  } finally {
    stop.end(new Error('The reader has left.'))
    stop.release()
  }
}
