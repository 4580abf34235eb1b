import { VALUE_LIMITS, checkValue, isSpellError } from '@llmspell/sdk'
import type { ModelChunk, SpellError } from '@llmspell/sdk'
import { answerTooLong } from './errors.ts'

type Said = Extract<ModelChunk, { readonly type: 'text' | 'reasoning' }>
type Call = Extract<ModelChunk, { readonly type: 'tool_call' }>
type Invalid = Extract<ModelChunk, { readonly type: 'tool_call_invalid' }>

/** Most of one answer, counted as `checkValue` counts: half of what a call can carry, as results repeat it. */
export const ANSWER_LIMIT = VALUE_LIMITS.bytes / 2
/** Bytes of pictures and sounds that one answer may bring. */
const MEDIA_LIMIT = 64 * 1024 * 1024
/** Less than a value may have, as the input lies deep in the result of an agent. */
const INPUT_LIMITS = { bytes: ANSWER_LIMIT / 2, depth: VALUE_LIMITS.depth - 16 }
/** Enough for a model to know its call again. */
const RAW_LIMIT = 16 * 1024
const NAME_LIMIT = 256

/** Looks at each chunk of one answer, so that what a model made up cannot fail later, where it fails the whole. */
export class Gate {
  readonly #provider: string
  #held: Said | undefined
  #size = 0
  #media = 0
  #text = ''

  constructor(provider: string) {
    this.#provider = provider
  }

  /** Text so far. */
  get text(): string {
    return this.#text
  }

  /** @throws PROVIDER_FAILED for an answer that is too long */
  pass(chunk: ModelChunk): readonly ModelChunk[] {
    const passed = this.#wellFormed(chunk)
    for (const each of passed) this.#count(each)
    return passed
  }

  #wellFormed(chunk: ModelChunk): readonly ModelChunk[] {
    if (chunk.type === 'text' || chunk.type === 'reasoning') return this.#said(chunk)
    const passed = chunk.type === 'finish' || chunk.type === 'media' ? chunk : passedCall(chunk)
    return [...this.#released(), passed]
  }

  /** A character may be torn apart between two chunks: its first half waits for the second. */
  #said(chunk: Said): readonly ModelChunk[] {
    const before = this.#held?.type === chunk.type ? [] : this.#released()
    const text = (this.#held?.text ?? '') + chunk.text
    const cut = /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length
    this.#held = cut < text.length ? { type: chunk.type, text: text.slice(cut) } : undefined
    const ready = text.slice(0, cut).toWellFormed()
    const meta = chunk.type === 'reasoning' && chunk.meta !== undefined ? { meta: chunk.meta } : {}
    const shown = ready !== '' || 'meta' in meta
    return [...before, ...(shown ? [{ type: chunk.type, text: ready, ...meta }] : [])]
  }

  #released(): readonly Said[] {
    const held = this.#held
    this.#held = undefined
    return held ? [{ type: held.type, text: held.text.toWellFormed() }] : []
  }

  #count(chunk: ModelChunk): void {
    this.#size += sizeOf(chunk)
    if (this.#size > ANSWER_LIMIT) throw answerTooLong(this.#provider, ANSWER_LIMIT)
    if (chunk.type === 'media') this.#media += chunk.data.byteLength
    if (this.#media > MEDIA_LIMIT) throw answerTooLong(this.#provider, MEDIA_LIMIT)
    if (chunk.type === 'text') this.#text += chunk.text
  }
}

function sizeOf(chunk: ModelChunk): number {
  if (chunk.type === 'finish' || chunk.type === 'media') return 0
  if (chunk.type === 'tool_call') return JSON.stringify(chunk.input).length
  return chunk.type === 'tool_call_invalid' ? chunk.raw.length : chunk.text.length
}

function passedCall(chunk: Call | Invalid): Call | Invalid {
  const id = short(chunk.id, NAME_LIMIT)
  const name = short(chunk.name, NAME_LIMIT)
  if (chunk.type === 'tool_call') return checkedCall({ ...chunk, id, name })
  const raw = short(chunk.raw, RAW_LIMIT)
  return { ...chunk, id, name, raw, problem: short(chunk.problem, RAW_LIMIT) }
}

/** `refs: false`: a reference that a model wrote is none. */
function checkedCall(call: Call): Call | Invalid {
  try {
    checkValue(call.input, { path: 'arguments', limits: INPUT_LIMITS, refs: false })
    return call
  } catch (error) {
    if (!isSpellError(error)) throw error
    return refusedCall(call, error)
  }
}

function refusedCall({ id, name, input }: Call, { code, message }: SpellError): Invalid {
  // To write out what is too deep would overflow the stack.
  const raw = code === 'VALUE_TOO_LARGE' ? '' : short(JSON.stringify(input), RAW_LIMIT)
  return {
    type: 'tool_call_invalid',
    id,
    name,
    raw,
    problem: short(message.replace(/\.$/, ''), RAW_LIMIT),
  }
}

function short(text: string, limit: number): string {
  return (text.length > limit ? `${text.slice(0, limit - 1)}…` : text).toWellFormed()
}
