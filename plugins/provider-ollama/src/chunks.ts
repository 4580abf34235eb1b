import { countedUsage, isSpellError, lengthOf } from '@llmspell/sdk'
import type { FinishReason, ModelChunk, ModelRequest, ModelSettings, Value } from '@llmspell/sdk'
import { malformed, refusal } from './failures.ts'
import { isTable } from './wire.ts'
import type { Fields } from './wire.ts'

/** One object of POST /api/chat, a piece of the answer or all of it. Nothing of it is sure until it was looked at. */
type Reply = Fields

type Call = Extract<ModelChunk, { readonly type: 'tool_call' | 'tool_call_invalid' }>

/** What the server says when its model wrote a call that it cannot read. */
const BROKEN_CALL = "error parsing tool call: raw='"
const PROBLEM = "', err="
const REASONS = new Map<unknown, FinishReason>([
  ['stop', 'stop'],
  ['length', 'length'],
])

/** The call in a message; one that was cut off has no problem. */
function brokenCall(message: string) {
  const at = message.indexOf(BROKEN_CALL)
  if (at < 0) return undefined
  const rest = message.slice(at + BROKEN_CALL.length)
  const end = rest.lastIndexOf(PROBLEM)
  return end < 0
    ? { raw: rest.replace(/\.$/, ''), problem: '' }
    : { raw: rest.slice(0, end), problem: rest.slice(end + PROBLEM.length) }
}

/** Turns the objects of one answer into chunks. */
export class ReplyReader {
  readonly #model: ModelSettings
  readonly #request: ModelRequest
  #calls = 0
  /** Characters of thoughts and calls. */
  #beside = 0
  /** Text so far. */
  partial = ''
  done = false

  constructor(model: ModelSettings, request: ModelRequest) {
    this.#model = model
    this.#request = request
  }

  /** @throws PROVIDER_FAILED */
  read(reply: Reply): readonly ModelChunk[] {
    if (typeof reply['error'] === 'string') return this.#refused(reply['error'])
    const message = this.#message(reply['message'] ?? {})
    const { content, thinking, calls } = message
    this.partial += content
    this.#beside += thinking.length
    return [
      ...(thinking === '' ? [] : [{ type: 'reasoning', text: thinking } as const]),
      ...(content === '' ? [] : [{ type: 'text', text: content } as const]),
      ...calls.map((call) => this.#call(call)),
      ...(reply['done'] === true ? [this.#finish(reply)] : []),
    ]
  }

  #message(message: unknown) {
    const {
      content,
      thinking,
      tool_calls: calls,
    } = isTable(message) ? message : ({ content: message } as Fields)
    const texts = [content ?? '', thinking ?? '']
    const list = calls ?? []
    if (!texts.every((text) => typeof text === 'string') || !isTables(list))
      throw malformed(this.#model, 'a message', JSON.stringify(message).slice(0, 80).toWellFormed())
    return { content: texts[0]!, thinking: texts[1]!, calls: list }
  }

  /**
   * A call that the server could not read is an answer of the model, which is told of it: its name is not in the error,
   * so that it is known only where one tool was offered.
   * @throws the error, if it is any other
   */
  broken(error: unknown): readonly ModelChunk[] {
    const { raw, problem } = (isSpellError(error) && brokenCall(error.message)) || {}
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

  #call({ id: ownId, function: fn }: Fields): Call {
    const { name, arguments: given } = isTable(fn) ? fn : ({} as Fields)
    const id = typeof ownId === 'string' && ownId !== '' ? ownId : this.#id()
    this.#calls += 1
    const raw = typeof given === 'string' ? given : JSON.stringify(given ?? {})
    this.#beside += raw.length
    const input = typeof given === 'string' ? parsed(given) : (given ?? {})
    const isNamed = typeof name === 'string' && name !== ''
    if (isNamed && isTable(input))
      return { type: 'tool_call', id, name, input: input as { readonly [key: string]: Value } }
    const problem = isNamed
      ? 'expected a JSON object, found something else'
      : 'expected the name of a tool, found none'
    return { type: 'tool_call_invalid', id, name: isNamed ? name : 'unknown', raw, problem }
  }

  /** Steady, and its own in the whole conversation. */
  #id(): string {
    return `call_${this.#request.messages.length}_${this.#calls + 1}`
  }

  #finish(reply: Reply): ModelChunk {
    this.done = true
    const told = { inputTokens: reply['prompt_eval_count'], outputTokens: reply['eval_count'] }
    const usage = countedUsage(told, {
      input: lengthOf(this.#request.messages),
      output: this.partial.length + this.#beside,
    })
    const known = REASONS.get(reply['done_reason'] ?? 'stop') ?? 'other'
    return {
      type: 'finish',
      reason: this.#calls > 0 && known === 'stop' ? 'tool_calls' : known,
      usage,
    }
  }
}

const isTables = (value: unknown): value is readonly Fields[] =>
  Array.isArray(value) && value.every(isTable)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
