import type { ModelChunk, ModelRequest, Usage } from '@llmspell/sdk'
import { AnswerParts } from './answer-parts.ts'
import { madeBy } from './media-output.ts'
import { withHandle } from './media-input.ts'
import { textMessage } from './messages.ts'
import { brokenOff, isPassable, warn } from './model.ts'
import type { AgentChunk } from './result.ts'
import { answererOf } from './turn.ts'
import type { Answerer, Turn } from './turn.ts'

type Asked = Extract<ModelChunk, { readonly type: 'tool_call' | 'tool_call_invalid' }>

/** The last chunk as the module `Provider` gives it. */
type Finish = Extract<ModelChunk, { readonly type: 'finish' }> &
  Partial<Answerer> & { readonly usage: Omit<Usage, 'cost'> & { readonly cost?: number } }

/** What a model answered to one request. */
export interface Answer {
  text: string
  readonly parts: AnswerParts
  readonly asked: Asked[]
  finish: Finish | undefined
}

/** The request of the next step; what is not configured is left to the provider. */
function requestOf(turn: Turn): ModelRequest {
  const { config, toolbox, shape, system } = turn.parts
  const tools = [...toolbox.values()].map((tool) => tool.model)
  const choice = turn.chose && config.tool_choice !== 'none' ? undefined : config.tool_choice
  const request = {
    messages: system === '' ? turn.messages : [textMessage('system', system), ...turn.messages],
    tools: tools.length === 0 ? undefined : tools,
    toolChoice: tools.length === 0 ? undefined : choice,
    temperature: config.temperature,
    topP: config.top_p,
    seed: config.seed,
    stop: typeof config.stop === 'string' ? [config.stop] : config.stop,
    maxTokens: config.max_tokens,
    schema: shape?.schema,
  }
  return Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as unknown as ModelRequest
}

/** Asks the model once; the next model where this one cannot answer and has said nothing yet. */
export async function* askModel(turn: Turn): AsyncGenerator<AgentChunk, Answer> {
  for (;;) {
    const answer: Answer = {
      text: '',
      parts: new AnswerParts(),
      asked: [],
      finish: undefined,
    }
    try {
      yield* attempt(turn, answer)
      return answer
    } catch (error) {
      const silent = answer.parts.all.length === 0
      if (!silent || !isPassable(error) || !turn.nextCandidate()) throw error
      warn(turn.parts.ask.context, error)
    }
  }
}

async function* attempt(turn: Turn, answer: Answer): AsyncGenerator<AgentChunk, void> {
  const { ask } = turn.parts
  const { candidate } = turn
  const args = [candidate.spec ?? null, requestOf(turn)]
  const source = (await ask.model('stream', args)) as AsyncIterable<ModelChunk>
  const chunks = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { value, done } = await ask.stop.race(chunks.next())
      if (done) break
      const shown = take(turn, answer, value)
      if (shown) yield shown
    }
  } finally {
    // Not awaited: a provider that hangs would hang its reader.
    void chunks.return?.()?.catch(() => undefined)
  }
  if (!answer.finish) throw brokenOff(candidate, 'it broke off')
  if (answer.finish.reason === 'error') throw brokenOff(candidate, 'it ended with an error')
  settle(turn, answer.finish)
}

function take(turn: Turn, answer: Answer, chunk: ModelChunk): AgentChunk | undefined {
  const { parts, asked } = answer
  switch (chunk.type) {
    case 'text':
      answer.text += chunk.text
      parts.say('text', chunk.text)
      return chunk.text === '' ? undefined : { type: 'text', text: chunk.text }
    case 'reasoning':
      parts.say('reasoning', chunk.text, chunk.meta)
      return chunk.text === '' ? undefined : { type: 'reasoning', text: chunk.text }
    case 'tool_call':
      asked.push(chunk)
      parts.add(chunk)
      return undefined
    case 'tool_call_invalid':
      asked.push(chunk)
      parts.add({ type: 'tool_call', id: chunk.id, name: chunk.name, input: {} })
      return undefined
    case 'media':
      return takeMedia(turn, answer, chunk)
    case 'finish':
      answer.finish = chunk
      return undefined
  }
}

function takeMedia(
  turn: Turn,
  { parts }: Answer,
  chunk: Extract<ModelChunk, { readonly type: 'media' }>,
): AgentChunk | undefined {
  const { mime, data } = chunk
  const media = madeBy(turn, chunk)
  const part = { type: 'file', mime, data } as const
  parts.add(media ? withHandle(part, media) : part)
  if (!media) return undefined
  turn.record.media.push(media)
  return { type: 'media', text: '', media }
}

function settle(turn: Turn, { usage, reason, model, provider, mock }: Finish): void {
  const { candidate } = turn
  turn.parts.ask.ledger.spend({ cost: 0, ...usage })
  turn.finishReason = reason
  const known = answererOf(candidate)
  turn.answerer = {
    model: model ?? known.model,
    provider: provider ?? known.provider,
    mock: mock ?? known.mock,
  }
}
