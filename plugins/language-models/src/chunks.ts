import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import { lengthOf } from '@llmspell/sdk'
import type { ModelChunk, ModelRequest } from '@llmspell/sdk'
import { finishOf } from './finish.ts'
import { mediaOf } from './media.ts'
import { joinedMeta, metaOf } from './meta.ts'
import { LOST, toolCall } from './tool-call.ts'
import type { RawCall } from './tool-call.ts'
import { isAnswer } from './withheld.ts'

type Part<Type extends string> = Extract<LanguageModelV4StreamPart, { readonly type: Type }>

/** A call of a tool whose arguments are still on their way. */
interface Pending {
  readonly name: string
  raw: string
}

/** Turns the parts of one stream into chunks. */
export class ChunkReader {
  readonly #request: ModelRequest
  readonly #pending = new Map<string, Pending>()
  readonly #thoughts = new Map<string, SharedV4ProviderMetadata>()
  #calls = 0
  /** Characters of thoughts and calls. */
  #beside = 0
  /** True once the provider ran a tool of its own. */
  #theirs = false
  /** Text so far. */
  partial = ''
  /** True once something came that a caller can use. */
  answered = false

  constructor(request: ModelRequest) {
    this.#request = request
  }

  /** The chunks of a part, mostly one or none. `error` and an interrupted `finish` are the caller's business. */
  read(part: LanguageModelV4StreamPart): readonly ModelChunk[] {
    const chunks = this.#chunks(part)
    this.answered ||= chunks.some(isAnswer)
    return chunks
  }

  #chunks(part: LanguageModelV4StreamPart): readonly ModelChunk[] {
    switch (part.type) {
      case 'text-delta':
        this.partial += part.delta
        return part.delta === '' ? [] : [{ type: 'text', text: part.delta }]
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return this.#thought(part)
      case 'tool-input-start':
        this.#pending.set(part.id, { name: part.toolName, raw: '' })
        return []
      case 'tool-input-delta':
        return this.#more(part.id, part.delta)
      case 'tool-call':
        return this.#call(part)
      case 'file':
        return [mediaOf(part)]
      case 'finish':
        return this.#ended(part)
      default:
        return []
    }
  }

  /** What must be sent back is known when a thought ends: it comes last, with no words of its own. */
  #thought(
    part: Part<'reasoning-start'> | Part<'reasoning-delta'> | Part<'reasoning-end'>,
  ): readonly ModelChunk[] {
    const meta = joinedMeta(this.#thoughts.get(part.id), part.providerMetadata)
    this.#thoughts.set(part.id, meta)
    if (part.type === 'reasoning-delta' && part.delta !== '') {
      this.#beside += part.delta.length
      return [{ type: 'reasoning', text: part.delta }]
    }
    if (part.type !== 'reasoning-end') return []
    this.#thoughts.delete(part.id)
    const own = metaOf(meta)
    return own.meta === undefined ? [] : [{ type: 'reasoning', text: '', ...own }]
  }

  #more(id: string, delta: string): readonly ModelChunk[] {
    const pending = this.#pending.get(id)
    if (pending) pending.raw += delta
    return []
  }

  #call(part: Part<'tool-call'>): readonly ModelChunk[] {
    const sent = this.#pending.get(part.toolCallId)?.raw
    this.#pending.delete(part.toolCallId)
    if (part.providerExecuted) this.#theirs = true
    return part.providerExecuted ? [] : [this.#counted(part, sent)]
  }

  #ended({ finishReason, usage }: Part<'finish'>): readonly ModelChunk[] {
    const late = this.#unfinished()
    const missing = this.#calls === 0 && !this.#theirs && finishReason.unified === 'tool-calls'
    const seen = {
      input: lengthOf(this.#request.messages),
      output: this.partial.length + this.#beside,
    }
    const finish = finishOf(finishReason, usage, this.#calls > 0, seen)
    return [...late, ...(missing ? [LOST] : []), finish]
  }

  #unfinished(): readonly ModelChunk[] {
    return [...this.#pending].map(([toolCallId, { name, raw }]) =>
      this.#counted({ toolCallId, toolName: name, input: raw }),
    )
  }

  #counted(call: RawCall, sent?: string): ModelChunk {
    this.#calls += 1
    this.#beside += call.input.length
    return toolCall(call, this.#request.tools ?? [], sent)
  }
}

/** The chunks of an answer that came whole. */
export function chunksOf(
  content: readonly LanguageModelV4Content[],
  reason: LanguageModelV4FinishReason,
  usage: LanguageModelV4Usage,
  request: ModelRequest,
): readonly ModelChunk[] {
  const chunks = content.flatMap((part) => chunkOf(part, request.tools ?? []))
  const calls = chunks.some(({ type }) => type === 'tool_call' || type === 'tool_call_invalid')
  const missing =
    reason.unified === 'tool-calls' && !content.some(({ type }) => type === 'tool-call')
  const output = content.reduce((sum, part) => sum + sizeOf(part), 0)
  const seen = { input: lengthOf(request.messages), output }
  return [...chunks, ...(missing ? [LOST] : []), finishOf(reason, usage, calls, seen)]
}

function sizeOf(part: LanguageModelV4Content): number {
  if (part.type === 'tool-call') return part.input.length
  return part.type === 'text' || part.type === 'reasoning' ? part.text.length : 0
}

function chunkOf(
  part: LanguageModelV4Content,
  tools: NonNullable<ModelRequest['tools']>,
): readonly ModelChunk[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning': {
      const own = metaOf(part.providerMetadata)
      const empty = part.text === '' && own.meta === undefined
      return empty ? [] : [{ type: 'reasoning', text: part.text, ...own }]
    }
    case 'tool-call':
      return part.providerExecuted ? [] : [toolCall(part, tools)]
    case 'file':
      return [mediaOf(part)]
    default:
      return []
  }
}
