import { SpellError, didYouMean, sleep } from '@llmspell/sdk'
import type {
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  ModelSettings,
  Provider,
} from '@llmspell/sdk'
import { readConversation } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { demoReply } from './demo.ts'
import { Attempts, failureError } from './failures.ts'
import { chunksOf } from './reply.ts'
import type { Reply } from './reply.ts'
import { scriptedReply } from './scripted.ts'
import { readSettings } from './settings.ts'
import type { MockSettings, PlannedFailure } from './settings.ts'

const MODELS = ['demo', 'scripted', 'echo']

/** A provider without a model: deterministic, offline, and never silent about being a mock. */
export class MockProvider implements Provider {
  readonly #delay: number
  readonly #attempts = new Attempts()

  /** @param delay ms before each word of a stream */
  constructor(delay: number) {
    this.#delay = delay
  }

  async generate(
    model: ModelSettings,
    request: ModelRequest,
    options: ModelCallOptions,
  ): Promise<readonly ModelChunk[]> {
    const chunks: ModelChunk[] = []
    for await (const chunk of this.#answer(model, request, options, 0)) chunks.push(chunk)
    return chunks
  }

  stream(
    model: ModelSettings,
    request: ModelRequest,
    options: ModelCallOptions,
  ): AsyncIterable<ModelChunk> {
    return this.#answer(model, request, options, this.#delay)
  }

  async *#answer(
    model: ModelSettings,
    request: ModelRequest,
    { signal, attempt }: ModelCallOptions,
    usualDelay: number,
  ): AsyncGenerator<ModelChunk> {
    if (signal.aborted) throw cancelled(model)
    const settings = readSettings(model)
    const conversation = readConversation(request)
    const step = 1 + conversation.since.filter(({ role }) => role === 'assistant').length
    const failure = this.#attempts.next(settings.fail, step, attempt ?? signal)
    await refuse(failure, model, signal)
    const reply = replyOf(model, settings, request, conversation, failure)
    const chunks = chunksOf(reply, request, conversation.answers)
    const delay = usualDelay === 0 ? 0 : (settings.delay_ms ?? usualDelay)
    yield* paced(model, cut(chunks, failure), delay, signal)
  }
}

async function refuse(
  failure: PlannedFailure | undefined,
  model: ModelSettings,
  signal: AbortSignal,
): Promise<void> {
  const kind = failure?.kind
  if (kind === 'rate_limit' || kind === 'server_error' || kind === 'auth')
    throw failureError(failure!)
  if (kind !== 'hang') return
  await sleep(undefined, signal)
  throw cancelled(model)
}

function replyOf(
  { model }: ModelSettings,
  settings: MockSettings,
  request: ModelRequest,
  { prompt, answers }: Conversation,
  failure: PlannedFailure | undefined,
): Reply {
  if (failure?.kind === 'malformed_tool_call') {
    const name = request.tools?.[0]?.name ?? 'calculator'
    return { text: '', calls: [], broken: { name, raw: '{"expression": "1 +' } }
  }
  switch (model) {
    case 'demo':
      return demoReply(request)
    case 'scripted':
      return scriptedReply(settings.replies, answers)
    case 'echo':
      return { text: prompt, calls: [] }
    default:
      throw unknown(model)
  }
}

async function* cut(
  chunks: readonly ModelChunk[],
  failure: PlannedFailure | undefined,
): AsyncGenerator<ModelChunk> {
  if (failure?.kind !== 'cut_stream') return yield* chunks
  const kept = chunks.slice(0, Math.min(failure.after ?? 2, chunks.length - 1))
  yield* kept
  throw failureError(
    failure,
    kept.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join(''),
  )
}

async function* paced(
  model: ModelSettings,
  chunks: AsyncIterable<ModelChunk>,
  delay: number,
  signal: AbortSignal,
): AsyncGenerator<ModelChunk> {
  for await (const chunk of chunks) {
    if (delay > 0 && chunk.type === 'text') await sleep(delay, signal)
    if (signal.aborted) throw cancelled(model)
    yield chunk
  }
}

function cancelled({ model }: ModelSettings): SpellError {
  return new SpellError('CANCELLED', `The call of model 'mock/${model}' was cancelled.`)
}

function unknown(model: string): SpellError {
  const list = MODELS.map((name) => `'${name}'`).join(', ')
  return new SpellError(
    'MODEL_UNKNOWN',
    `Model 'mock/${model}' is not known: expected one of ${list}.`,
    {
      hint: didYouMean(model, MODELS, "Use 'mock/demo'."),
    },
  )
}
