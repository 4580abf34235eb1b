// The answers of OpenAI's two protocols, written from the public reference:
// https://platform.openai.com/docs/api-reference/chat and https://platform.openai.com/docs/api-reference/responses
import { argumentsOf, callsOf, piecesOf, wholeOf } from './wire-answer.ts'
import type { Frame, Json, WireAnswer, WireCall } from './wire-answer.ts'

const idOf = (call: WireCall, index: number): string => call.id ?? `call_${index + 1}`

const finishOf = (answer: WireAnswer): string =>
  answer.finish ?? (callsOf(answer).length > 0 ? 'tool_calls' : 'stop')

export const chat = {
  body(answer: WireAnswer, model: string): Json {
    const calls = callsOf(answer).map((call, i) => ({
      id: idOf(call, i),
      type: 'function',
      function: { name: call.name, arguments: argumentsOf(call) },
    }))
    const content = wholeOf(answer.text)
    const message = {
      role: 'assistant',
      content: content === '' && calls.length > 0 ? null : content,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    }
    return {
      ...head(model, 'chat.completion'),
      choices: [{ index: 0, message, finish_reason: finishOf(answer) }],
      usage: chatUsage(answer),
    }
  },

  frames(answer: WireAnswer, model: string): readonly Frame[] {
    const chunk = (delta: Json, finish: string | null = null): Frame => ({
      data: JSON.stringify({
        ...head(model, 'chat.completion.chunk'),
        choices: [{ index: 0, delta, finish_reason: finish }],
      }),
    })
    return [
      chunk({ role: 'assistant', content: '' }),
      ...piecesOf(answer.text).map((content): Frame => ({ ...chunk({ content }), text: true })),
      ...callsOf(answer).flatMap((call, index) =>
        chatCall(call, index).map((delta) => chunk(delta)),
      ),
      chunk({}, finishOf(answer)),
      {
        data: JSON.stringify({
          ...head(model, 'chat.completion.chunk'),
          choices: [],
          usage: chatUsage(answer),
        }),
      },
      { data: '[DONE]' },
    ]
  },
}

function chatCall(call: WireCall, index: number): readonly Json[] {
  const text = argumentsOf(call)
  const half = Math.ceil(text.length / 2)
  const first = {
    index,
    id: idOf(call, index),
    type: 'function',
    function: { name: call.name, arguments: '' },
  }
  const rest = [text.slice(0, half), text.slice(half)].filter((part) => part !== '')
  return [
    { tool_calls: [first] },
    ...rest.map((part) => ({ tool_calls: [{ index, function: { arguments: part } }] })),
  ]
}

function head(model: string, object: string): Json {
  return { id: 'chatcmpl-1', object, created: 1_700_000_000, model }
}

function chatUsage({ usage = { input: 7, output: 5 } }: WireAnswer): Json {
  const { input, output, cached = 0, thought = 0 } = usage
  return {
    prompt_tokens: input,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: output,
    completion_tokens_details: { reasoning_tokens: thought },
    total_tokens: input + output,
  }
}

export const responses = {
  body(answer: WireAnswer, model: string): Json {
    const cut = answer.finish === 'length'
    return {
      id: 'resp_1',
      object: 'response',
      created_at: 1_700_000_000,
      status: cut ? 'incomplete' : 'completed',
      error: null,
      incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
      model,
      output: itemsOf(answer),
      usage: responsesUsage(answer),
    }
  },

  frames(answer: WireAnswer, model: string): readonly Frame[] {
    let sequence = 0
    const event = (type: string, fields: Json): Frame => ({
      event: type,
      data: JSON.stringify({ type, sequence_number: sequence++, ...fields }),
    })
    const whole = responses.body(answer, model)
    const started = { ...whole, status: 'in_progress', output: [], usage: null }
    const ended = whole['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed'
    return [
      event('response.created', { response: started }),
      event('response.in_progress', { response: started }),
      ...itemsOf(answer).flatMap((item, index) => itemFrames(answer, item, index, event)),
      event(ended, { response: whole }),
    ]
  },
}

type Event = (type: string, fields: Json) => Frame

function itemFrames(
  answer: WireAnswer,
  item: Json,
  output_index: number,
  event: Event,
): readonly Frame[] {
  const at = { item_id: item['id'], output_index }
  const added = (fields: Json): Frame =>
    event('response.output_item.added', {
      output_index,
      item: { ...item, ...fields, status: 'in_progress' },
    })
  const done = (): Frame => event('response.output_item.done', { output_index, item })
  if (item['type'] === 'function_call') {
    const text = item['arguments'] as string
    return [
      added({ arguments: '' }),
      event('response.function_call_arguments.delta', { ...at, delta: text }),
      event('response.function_call_arguments.done', { ...at, arguments: text }),
      done(),
    ]
  }
  const part = { ...at, content_index: 0 }
  const text = wholeOf(answer.text)
  return [
    added({ content: [] }),
    event('response.content_part.added', { ...part, part: outputText('') }),
    ...piecesOf(answer.text).map((delta): Frame => ({
      ...event('response.output_text.delta', { ...part, delta }),
      text: true,
    })),
    event('response.output_text.done', { ...part, text }),
    event('response.content_part.done', { ...part, part: outputText(text) }),
    done(),
  ]
}

function itemsOf(answer: WireAnswer): readonly Json[] {
  const text = wholeOf(answer.text)
  const calls = callsOf(answer).map((call, i) => ({
    type: 'function_call',
    id: `fc_${i + 1}`,
    call_id: idOf(call, i),
    name: call.name,
    arguments: argumentsOf(call),
    status: 'completed',
  }))
  const message = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [outputText(text)],
  }
  return text === '' && calls.length > 0 ? calls : [message, ...calls]
}

function outputText(text: string): Json {
  return { type: 'output_text', text, annotations: [] }
}

function responsesUsage({ usage = { input: 7, output: 5 } }: WireAnswer): Json {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached ?? 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.thought ?? 0 },
    total_tokens: usage.input + usage.output,
  }
}
