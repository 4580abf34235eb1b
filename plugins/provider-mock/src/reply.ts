import type { FinishReason, ModelChunk, ModelRequest, Value } from '@llmspell/sdk'
import { partsOf } from './conversation.ts'

/** What the mock says to one request, before it is cut into chunks. */
export interface Reply {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly input: Value }[]
  /** A call whose arguments are no JSON. */
  readonly broken?: { readonly name: string; readonly raw: string }
  readonly reason?: FinishReason
}

/** The chunks of a reply, word by word. Ids of calls count on from the answers that were given before. */
export function chunksOf(
  reply: Reply,
  request: ModelRequest,
  answers: number,
): readonly ModelChunk[] {
  const { text, reason } = limited(reply, request)
  const id = (index: number): string => `call_${answers + 1}_${index + 1}`
  const { broken, calls } = reply
  return [
    ...words(text).map((word): ModelChunk => ({ type: 'text', text: word })),
    ...calls.map(({ name, input }, i): ModelChunk => ({
      type: 'tool_call',
      id: id(i),
      name,
      input,
    })),
    ...(broken ? [brokenCall(broken, id(calls.length))] : []),
    { type: 'finish', reason, usage: usageOf(request, text, reply) },
  ]
}

function brokenCall({ name, raw }: NonNullable<Reply['broken']>, id: string): ModelChunk {
  return {
    type: 'tool_call_invalid',
    id,
    name,
    raw,
    problem: 'expected a JSON object, found broken JSON',
  }
}

function words(text: string): readonly string[] {
  return text.match(/\s*\S+\s*$|\s*\S+\s/g) ?? (text === '' ? [] : [text])
}

/** A token is taken to be four characters. */
const TOKEN = 4

function limited({ text, calls, broken, reason }: Reply, request: ModelRequest) {
  const ends = (request.stop ?? []).map((word) => text.indexOf(word)).filter((at) => at >= 0)
  const stopped = ends.length > 0 ? text.slice(0, Math.min(...ends)) : text
  const most = (request.maxTokens ?? Infinity) * TOKEN
  const natural = calls.length > 0 || broken ? 'tool_calls' : 'stop'
  return stopped.length > most
    ? { text: stopped.slice(0, most), reason: 'length' as const }
    : { text: stopped, reason: reason ?? natural }
}

function usageOf({ messages }: ModelRequest, text: string, { calls }: Reply) {
  const read = [
    ...partsOf(messages, 'text').map((part) => part.text),
    ...partsOf(messages, 'tool_result').map((part) => part.text),
    ...partsOf(messages, 'tool_call').map((part) => JSON.stringify(part.input)),
  ]
  const said = [text, ...calls.map(({ name, input }) => name + JSON.stringify(input))]
  return { inputTokens: tokens(read), outputTokens: tokens(said) }
}

function tokens(texts: readonly string[]): number {
  return Math.ceil(texts.join('').length / TOKEN)
}
