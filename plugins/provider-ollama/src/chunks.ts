import { isSpellError } from '@llmspell/sdk'
import type { FinishReason, ModelChunk, ModelRequest, ModelSettings, Value } from '@llmspell/sdk'
import { malformed, refusal } from './failures.ts'
import type { Fields } from './wire.ts'

/** One object of POST /api/chat: a piece of the answer, or all of it. */
interface Reply {
  readonly message?: {
    readonly content?: string
    readonly thinking?: string
    readonly tool_calls?: readonly ReplyCall[]
  }
  readonly done?: boolean
  readonly done_reason?: string
  readonly prompt_eval_count?: number
  readonly eval_count?: number
  readonly error?: string
}

interface ReplyCall {
  readonly id?: string
  readonly function?: { readonly name?: string; readonly arguments?: unknown }
}

type Call = Extract<ModelChunk, { readonly type: 'tool_call' | 'tool_call_invalid' }>

/** What the server says when its model wrote a call that it cannot read. */
const BROKEN_CALL = /error parsing tool call: raw='(?<raw>.*)', err=(?<problem>.*)/s
const REASONS: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' }

/** Turns the objects of one answer into chunks. */
export class ReplyReader {
  readonly #model: ModelSettings
  readonly #request: ModelRequest
  #calls = 0
  /** Text so far. */
  partial = ''
  done = false

  constructor(model: ModelSettings, request: ModelRequest) {
    this.#model = model
    this.#request = request
  }

  /** @throws PROVIDER_FAILED */
  read(fields: Fields): readonly ModelChunk[] {
    const reply = fields as Reply
    if (typeof reply.error === 'string') return this.#refused(reply.error)
    const { content = '', thinking = '', tool_calls: calls } = reply.message ?? {}
    if (typeof content !== 'string' || typeof thinking !== 'string')
      throw malformed(this.#model, 'text as content', JSON.stringify(reply.message).slice(0, 80))
    this.partial += content
    return [
      ...(thinking === '' ? [] : [{ type: 'reasoning', text: thinking } as const]),
      ...(content === '' ? [] : [{ type: 'text', text: content } as const]),
      ...(calls ?? []).map((call) => this.#call(call)),
      ...(reply.done === true ? [this.#finish(reply)] : []),
    ]
  }

  /**
   * A call that the server could not read is an answer of the model, which is told of it: its name is not in the error,
   * so that it is known only where one tool was offered.
   * @throws the error, if it is any other
   */
  broken(error: unknown): readonly ModelChunk[] {
    const { raw, problem } = (isSpellError(error) && BROKEN_CALL.exec(error.message)?.groups) || {}
    if (raw === undefined) throw error
    const { tools = [] } = this.#request
    const name = tools.length === 1 ? tools[0]!.name : 'unknown'
    const found = `expected a JSON object, found broken JSON: ${problem || 'it cannot be read'}`
    const call = { type: 'tool_call_invalid', id: this.#id(), name, raw, problem: found } as const
    this.#calls += 1
    return [call, this.#finish({})]
  }

  #refused(message: string): readonly ModelChunk[] {
    return this.broken(refusal(this.#model, { message }))
  }

  #call({ id = this.#id(), function: { name = '', arguments: given } = {} }: ReplyCall): Call {
    this.#calls += 1
    const raw = typeof given === 'string' ? given : JSON.stringify(given ?? {})
    const input = typeof given === 'string' ? read(given) : (given ?? {})
    if (name !== '' && typeof input === 'object' && input !== null && !Array.isArray(input))
      return { type: 'tool_call', id, name, input: input as Value }
    const problem =
      name === ''
        ? 'expected the name of a tool, found none'
        : 'expected a JSON object, found something else'
    return { type: 'tool_call_invalid', id, name, raw, problem }
  }

  /** Steady, and its own in the whole conversation. */
  #id(): string {
    return `call_${this.#request.messages.length}_${this.#calls + 1}`
  }

  #finish({ done_reason: reason = 'stop', ...counts }: Reply): ModelChunk {
    this.done = true
    const usage = {
      inputTokens: counts.prompt_eval_count ?? 0,
      outputTokens: counts.eval_count ?? 0,
    }
    const known = REASONS[reason] ?? 'other'
    return {
      type: 'finish',
      reason: this.#calls > 0 && known === 'stop' ? 'tool_calls' : known,
      usage,
    }
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
