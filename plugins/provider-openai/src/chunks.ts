import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { FinishReason, ModelChunk, Value } from '@llmspell/sdk'

type Finish = Extract<ModelChunk, { readonly type: 'finish' }>

/** A call of a tool whose arguments are still on their way. */
interface Pending {
  readonly name: string
  raw: string
}

/** Turns the parts of one stream into chunks. */
export class ChunkReader {
  readonly #pending = new Map<string, Pending>()
  #calls = 0
  /** Text so far. */
  partial = ''

  /** The chunks of a part, mostly one or none. `error` and an interrupted `finish` are the caller's business. */
  read(part: LanguageModelV4StreamPart): readonly ModelChunk[] {
    switch (part.type) {
      case 'text-delta':
        this.partial += part.delta
        return part.delta === '' ? [] : [{ type: 'text', text: part.delta }]
      case 'reasoning-delta':
        return part.delta === '' ? [] : [{ type: 'reasoning', text: part.delta }]
      case 'tool-input-start':
        this.#pending.set(part.id, { name: part.toolName, raw: '' })
        return []
      case 'tool-input-delta':
        return this.#more(part.id, part.delta)
      case 'tool-call':
        return this.#call(part)
      case 'finish':
        return [...this.#unfinished(), finishOf(part.finishReason, part.usage, this.#calls > 0)]
      default:
        return []
    }
  }

  #more(id: string, delta: string): readonly ModelChunk[] {
    const pending = this.#pending.get(id)
    if (pending) pending.raw += delta
    return []
  }

  #call({
    toolCallId: id,
    toolName,
    input,
    providerExecuted,
  }: Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>): readonly ModelChunk[] {
    this.#pending.delete(id)
    if (providerExecuted) return []
    this.#calls += 1
    return [toolCall(id, toolName, input)]
  }

  #unfinished(): readonly ModelChunk[] {
    const left = [...this.#pending]
    this.#calls += left.length
    return left.map(([id, { name, raw }]) => toolCall(id, name, raw))
  }
}

/** The chunks of an answer that came whole. */
export function chunksOf(
  content: readonly LanguageModelV4Content[],
  reason: LanguageModelV4FinishReason,
  usage: LanguageModelV4Usage,
): readonly ModelChunk[] {
  const chunks = content.flatMap((part): ModelChunk[] => {
    if (part.type === 'text' || part.type === 'reasoning')
      return part.text === '' ? [] : [{ type: part.type, text: part.text }]
    if (part.type !== 'tool-call' || part.providerExecuted) return []
    return [toolCall(part.toolCallId, part.toolName, part.input)]
  })
  const calls = chunks.some(({ type }) => type === 'tool_call' || type === 'tool_call_invalid')
  return [...chunks, finishOf(reason, usage, calls)]
}

function toolCall(id: string, name: string, raw: string): ModelChunk {
  const invalid = (problem: string): ModelChunk => ({
    type: 'tool_call_invalid',
    id,
    name,
    raw,
    problem,
  })
  try {
    const input: unknown = JSON.parse(raw.trim() === '' ? '{}' : raw)
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
    return isObject
      ? { type: 'tool_call', id, name, input: input as Value }
      : invalid('expected a JSON object, found another kind of JSON')
  } catch (error) {
    return invalid(`expected a JSON object, found broken JSON: ${(error as Error).message}`)
  }
}

const REASONS: Readonly<Record<LanguageModelV4FinishReason['unified'], FinishReason>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
  error: 'error',
  interrupted: 'error',
  other: 'other',
}

/** Some servers say `stop` although they call tools. */
function finishOf(
  { unified }: LanguageModelV4FinishReason,
  usage: LanguageModelV4Usage,
  calls: boolean,
): Finish {
  const reason = calls && unified === 'stop' ? 'tool_calls' : REASONS[unified]
  return {
    type: 'finish',
    reason,
    usage: {
      inputTokens: usage.inputTokens.total ?? 0,
      outputTokens: usage.outputTokens.total ?? 0,
    },
  }
}
