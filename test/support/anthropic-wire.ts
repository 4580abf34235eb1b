// The answers of Anthropic's Messages API, written from the public reference:
// https://platform.claude.com/docs/en/api/messages and https://platform.claude.com/docs/en/build-with-claude/streaming
import { argumentsOf, callsOf, piecesOf, wholeOf } from './wire-answer.ts'
import type { Frame, Json, WireAnswer, WireCall } from './wire-answer.ts'

/** One block of thought: in the open with its signature, or as bytes that only the server can read. */
export type Thinking =
  | { readonly text: string; readonly signature: string }
  | { readonly redacted: string }

export interface AnthropicAnswer extends WireAnswer {
  /** Comes before the text and the calls. */
  readonly thinking?: readonly Thinking[]
  /** Which of the stop sequences ended the answer. */
  readonly stopped?: string
}

const thoughtOf = (block: Thinking): Json =>
  'redacted' in block
    ? { type: 'redacted_thinking', data: block.redacted }
    : { type: 'thinking', thinking: block.text, signature: block.signature }

const callOf = (call: WireCall, index: number): Json => ({
  type: 'tool_use',
  id: call.id ?? `toolu_${index + 1}`,
  name: call.name,
  input: call.arguments,
})

const stopReasonOf = (answer: AnthropicAnswer): string =>
  answer.finish ??
  (answer.stopped ? 'stop_sequence' : callsOf(answer).length > 0 ? 'tool_use' : 'end_turn')

function blocksOf(answer: AnthropicAnswer): readonly Json[] {
  const text = wholeOf(answer.text)
  return [
    ...(answer.thinking ?? []).map(thoughtOf),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...callsOf(answer).map(callOf),
  ]
}

/** Input tokens are counted apart: new ones, and those that were read from the cache. */
function inputOf({ usage = { input: 7, output: 5 } }: AnthropicAnswer): Json {
  const cached = usage.cached ?? 0
  return {
    input_tokens: usage.input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
  }
}

const outputOf = ({ usage = { input: 7, output: 5 } }: AnthropicAnswer): Json => ({
  output_tokens: usage.output,
  ...(usage.thought === undefined
    ? {}
    : { output_tokens_details: { thinking_tokens: usage.thought } }),
})

/** The answer as one JSON. */
export function messageOf(answer: AnthropicAnswer, model: string): Json {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: blocksOf(answer),
    stop_reason: stopReasonOf(answer),
    stop_sequence: answer.stopped ?? null,
    usage: { ...inputOf(answer), ...outputOf(answer) },
  }
}

/** The answer as the events of a stream. */
export function eventsOf(answer: AnthropicAnswer, model: string): readonly Frame[] {
  const started = { ...messageOf(answer, model), content: [], stop_reason: null }
  const stop = { stop_reason: stopReasonOf(answer), stop_sequence: answer.stopped ?? null }
  return [
    event('message_start', {
      message: { ...started, usage: { ...inputOf(answer), output_tokens: 1 } },
    }),
    event('ping'),
    ...deltasOf(answer).flatMap(([block, deltas], index) => [
      event('content_block_start', { index, content_block: block }),
      ...deltas.map((delta) => ({
        ...event('content_block_delta', { index, delta }),
        ...(delta['type'] === 'text_delta' ? { text: true as const } : {}),
      })),
      event('content_block_stop', { index }),
    ]),
    event('message_delta', { delta: stop, usage: outputOf(answer) }),
    event('message_stop'),
  ]
}

export const event = (type: string, fields: Json = {}): Frame => ({
  event: type,
  data: JSON.stringify({ type, ...fields }),
})

type Deltas = readonly [block: Json, deltas: readonly Json[]]

/** Each block as it starts, with the deltas that fill it. */
function deltasOf(answer: AnthropicAnswer): readonly Deltas[] {
  const pieces = piecesOf(answer.text).map((text) => ({ type: 'text_delta', text }))
  const text: Deltas = [{ type: 'text', text: '' }, pieces]
  return [
    ...(answer.thinking ?? []).map(thoughtDeltas),
    ...(pieces.length === 0 ? [] : [text]),
    ...callsOf(answer).map(callDeltas),
  ]
}

function thoughtDeltas(block: Thinking): Deltas {
  if ('redacted' in block) return [thoughtOf(block), []]
  const deltas = piecesOf(block.text).map((thinking) => ({ type: 'thinking_delta', thinking }))
  const signature = { type: 'signature_delta', signature: block.signature }
  return [{ type: 'thinking', thinking: '', signature: '' }, [...deltas, signature]]
}

/** The first delta of a call is empty. */
function callDeltas(call: WireCall, index: number): Deltas {
  const text = argumentsOf(call)
  const half = Math.ceil(text.length / 2)
  const parts = ['', text.slice(0, half), text.slice(half)]
  const deltas = parts.map((partial_json) => ({ type: 'input_json_delta', partial_json }))
  return [{ ...callOf(call, index), input: {} }, deltas]
}
