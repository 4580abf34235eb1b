import { isSpellError } from '@llmspell/sdk'
import type { Http, ModelCallOptions, ModelChunk, ModelRequest, ModelSettings } from '@llmspell/sdk'
import { ReplyReader } from './chunks.ts'
import { afterText, cancelled, cutOff } from './failures.ts'
import { chatBody } from './request.ts'
import { ask, askLines } from './wire.ts'

const CHAT = '/api/chat'

export async function generate(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  options: ModelCallOptions,
): Promise<readonly ModelChunk[]> {
  if (options.signal.aborted) throw cancelled(model)
  const reader = new ReplyReader(model, request)
  const body = chatBody(model, request, false, options.logger)
  const chunks = await ask({ http, model, options }, CHAT, body).then(
    (reply) => reader.read(reply),
    (error: unknown) => reader.broken(error),
  )
  if (!reader.done) throw cutOff(model)
  return chunks
}

export async function* stream(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  options: ModelCallOptions,
): AsyncGenerator<ModelChunk> {
  if (options.signal.aborted) throw cancelled(model)
  const reader = new ReplyReader(model, request)
  const body = chatBody(model, request, true, options.logger)
  try {
    for await (const line of askLines({ http, model, options }, CHAT, body)) {
      const chunks = reader.read(line)
      if (chunks.length === 0) options.alive?.()
      yield* chunks
      if (reader.done) return
    }
  } catch (error) {
    const failure = isSpellError(error) ? afterText(error, reader.partial) : error
    yield* reader.broken(failure)
    return
  }
  throw cutOff(model, reader.partial)
}
