import type {
  Http,
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  ModelSettings,
  Provider,
} from '@llmspell/sdk'
import { cancelled, cutOff, malformed, withPartial } from './failures.ts'
import { linesOf } from './wire.ts'

/** Models behind a server that answers with one JSON object a line: `text`, `call`, and `done` as the last. */
export function lineProvider(http: Http): Provider {
  return {
    generate: (model, request, options) => Array.fromAsync(answer(http, model, request, options)),
    stream: (model, request, options) => answer(http, model, request, options),
  }
}

async function* answer(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  options: ModelCallOptions,
): AsyncGenerator<ModelChunk> {
  if (options.signal.aborted) throw cancelled(model)
  let partial = ''
  let calls = 0
  try {
    for await (const line of linesOf(http, model, request, options)) {
      const chunk = chunkOf(line, model, () => ++calls)
      if (chunk.type === 'text') partial += chunk.text
      yield chunk
      if (chunk.type === 'finish') return
    }
  } catch (error) {
    throw withPartial(error, partial)
  }
  throw cutOff(model, partial)
}

interface Line {
  readonly text?: string
  readonly call?: { readonly name: string; readonly input: never }
  readonly done?: 'stop' | 'length' | 'tool_calls'
  readonly usage?: { readonly input: number; readonly output: number }
}

function chunkOf(line: Line, model: ModelSettings, next: () => number): ModelChunk {
  const { text, call, done, usage = { input: 0, output: 0 } } = line
  if (typeof text === 'string') return { type: 'text', text }
  if (call) return { type: 'tool_call', id: `call_${next()}`, ...call }
  if (done === undefined) throw malformed(model, JSON.stringify(line))
  const used = { inputTokens: usage.input, outputTokens: usage.output }
  return { type: 'finish', reason: done, usage: used }
}
