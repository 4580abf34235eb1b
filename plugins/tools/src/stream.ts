import { SpellError } from '@llmspell/sdk'
import type { Awaitable, ToolChunk, Value } from '@llmspell/sdk'
import { Channel } from './channel.ts'
import type { Executor, Request } from './executor.ts'

const MAX_WAITING_PROGRESS = 16

/** The chunks of a call as they come, `finish` with the result last. A reader that leaves ends the call. */
export async function* toolChunks(
  executor: Executor,
  request: Request,
): AsyncGenerator<Value, void> {
  const channel = new Channel<Value>()
  const left = new AbortController()
  const signal = AbortSignal.any([request.signal, left.signal])
  const call = executor.execute({
    ...request,
    signal,
    emit: (chunk) => deliver(channel, request, chunk),
  })
  void call.then(
    (result) => finish(channel, { type: 'finish', text: '', result } as unknown as Value),
    (error: unknown) => channel.fail(error),
  )
  try {
    yield* channel.read()
  } finally {
    channel.leave()
    left.abort(new SpellError('CANCELLED', `The reader of tool '${request.name}' has left.`))
  }
}

async function deliver(channel: Channel<Value>, request: Request, chunk: ToolChunk): Promise<void> {
  // Progress is sent without waiting, so a slow reader misses some instead of piling them up.
  if (chunk.type === 'progress' && channel.length >= MAX_WAITING_PROGRESS) return
  const given: Awaitable<void> = request.emit?.(chunk)
  await given
  await channel.push(chunk)
}

function finish(channel: Channel<Value>, chunk: Value): void {
  void channel.push(chunk)
  channel.end()
}
