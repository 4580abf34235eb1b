import type { Message, ModelChunk, ModelRequest, ModelSettings } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PRESETS } from '../../plugins/provider-openai-compatible/src/presets.ts'
import { compatibleProvider } from '../../plugins/provider-openai-compatible/src/provider.ts'
import { openLanguageModels } from '../support/language-models.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import type { ServerReply } from '../support/openai-server.ts'

let server: OpenAIServer
beforeAll(async () => void (server = await OpenAIServer.start()))
afterAll(() => server.close())

const none = (): undefined => undefined
const logger = { trace: none, debug: none, info: none, error: none, warn: none }
const options = () => ({ signal: new AbortController().signal, logger })
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const SUM = {
  name: 'sum',
  description: 'Adds.',
  input: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
}
const request: ModelRequest = { messages: [user('1 + 2?')], tools: [SUM] }

interface Asked {
  readonly preset?: string
  readonly more?: Partial<ModelSettings>
  readonly request?: ModelRequest
}

const providerOf = (name: string) =>
  compatibleProvider(
    openLanguageModels(),
    PRESETS.find((row) => row.name === name)!,
  )

const modelOf = (preset: string, more: Partial<ModelSettings> = {}): ModelSettings => ({
  provider: preset,
  model: 'qwen3',
  baseUrl: server.baseUrl,
  ...more,
})

/** Answers of both modes, which must be the same. */
async function both(reply: ServerReply, asked: Asked = {}): Promise<readonly ModelChunk[]> {
  const { preset = 'openai-compatible', more, request: given = request } = asked
  server.reset(() => reply)
  const provider = providerOf(preset)
  const model = modelOf(preset, more)
  const whole = await provider.generate(model, given, options())
  const pieces: ModelChunk[] = []
  for await (const chunk of provider.stream(model, given, options())) pieces.push(chunk)
  expect(callsIn(pieces)).toEqual(callsIn(whole))
  expect(wordsIn(pieces)).toBe(wordsIn(whole))
  return whole
}

const callsIn = (chunks: readonly ModelChunk[]) =>
  chunks.filter(({ type }) => type === 'tool_call' || type === 'tool_call_invalid')
const wordsIn = (chunks: readonly ModelChunk[]) =>
  chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('')

describe('a call of a local server', () => {
  test.each([
    ['with a comma too many', '{"a": 1,}'],
    ['said twice', '{"a": 1}{"a": 1}'],
    ['as text within text', JSON.stringify('{"a": 1}')],
  ])('%s is mended', async (_, text) => {
    const chunks = await both({ toolCalls: [{ name: 'sum', arguments: text }] })
    expect(callsIn(chunks)).toMatchObject([{ type: 'tool_call', name: 'sum', input: { a: 1 } }])
    expect(chunks.at(-1)).toMatchObject({ reason: 'tool_calls' })
  })

  test.each([
    ['two answers', '{"a": 1}{"a": 2}'],
    ['half an answer', '{"a": 1'],
    ['no arguments', ''],
    ['words', 'one and two'],
  ])('with %s is reported, never run with nothing', async (_, text) => {
    const chunks = await both({ toolCalls: [{ name: 'sum', arguments: text }] })
    expect(callsIn(chunks)).toMatchObject([{ type: 'tool_call_invalid', name: 'sum', raw: text }])
  })

  const asObject = {
    index: 0,
    id: 'c1',
    type: 'function',
    function: { name: 'sum', arguments: { a: 1 } },
  }

  test('with an object for a text is mended, whole and in a stream', async () => {
    const provider = providerOf('openai-compatible')
    const model = modelOf('openai-compatible')
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const choice = { index: 0, finish_reason: 'tool_calls' }
    const message = { role: 'assistant', content: null, tool_calls: [asObject] }
    const body = { id: 'x', choices: [{ ...choice, message }], usage }
    server.reset(() => ({ raw: JSON.stringify(body) }))
    const call = { type: 'tool_call', id: 'c1', name: 'sum', input: { a: 1 } }
    expect(callsIn(await provider.generate(model, request, options()))).toEqual([call])
    const frame = { id: 'x', choices: [{ ...choice, delta: message }] }
    const raw = `data: ${JSON.stringify(frame)}\n\ndata: [DONE]\n\n`
    server.reset(() => ({ raw, contentType: 'text/event-stream' }))
    const pieces: ModelChunk[] = []
    for await (const chunk of provider.stream(model, request, options())) pieces.push(chunk)
    expect(callsIn(pieces)).toEqual([call])
  })

  test.each([
    ['as JSON', '{"name": "sum", "arguments": {"a": 1}}'],
    ['between tags', '<tool_call>{"name": "sum", "arguments": {"a": 1}}</tool_call>'],
  ])('written into the text %s is a call', async (_, text) => {
    const chunks = await both({ text })
    expect(callsIn(chunks)).toMatchObject([{ type: 'tool_call', name: 'sum', input: { a: 1 } }])
    expect(wordsIn(chunks)).toBe('')
    expect(chunks.at(-1)).toMatchObject({ reason: 'tool_calls' })
  })

  test('written badly is reported', async () => {
    const chunks = await both({ text: '<tool_call>{"name": "sum"}</tool_call>' })
    expect(callsIn(chunks)).toMatchObject([{ type: 'tool_call_invalid', name: 'sum' }])
    expect(wordsIn(chunks)).toBe('')
  })

  test('quoted among words is text', async () => {
    const text = 'It says "<tool_call>{"name": "sum", "arguments": {"a": 1}}</tool_call>".'
    const chunks = await both({ text })
    expect(callsIn(chunks)).toEqual([])
    expect(wordsIn(chunks)).toBe(text)
  })
})

describe('a server of its own kind', () => {
  test('has its query, headers and key where it wants them', async () => {
    const query = { 'api-version': '2024-10-21' }
    const settings = { query, headers: { 'x-title': 'llmspell' }, top_k: 20 }
    await both({ text: 'a' }, { preset: 'azure', more: { settings, apiKey: 'k-1' } })
    expect(server.last.path).toBe('/v1/chat/completions?api-version=2024-10-21')
    expect(server.last.headers).toMatchObject({ 'api-key': 'k-1', 'x-title': 'llmspell' })
    expect(server.last.headers).not.toHaveProperty('authorization')
    expect(server.last.body).toMatchObject({ top_k: 20 })
    expect(server.last.body).not.toHaveProperty('query')
    const own = { key_header: 'x-key' }
    await both({ text: 'a' }, { more: { settings: own, apiKey: 'k-2' } })
    expect(server.last.headers).toMatchObject({ 'x-key': 'k-2' })
  })

  test.each([
    [{ query: 'a' }, "'settings.query' to be a table of texts"],
    [{ headers: { a: 1 } }, "'settings.headers' to be a table of texts"],
    [{ structured: 'yes' }, "'settings.structured' to be 'schema' or 'object'"],
    [{ messages: [] }, "found 'messages'"],
  ])('is not asked with %j', async (settings, message) => {
    const work = both({ text: 'a' }, { more: { settings } })
    await expect(work).rejects.toMatchObject({ code: 'MODEL_INVALID' })
    await expect(work).rejects.toThrow(message)
  })

  test('has other names for fields, or refuses some', async () => {
    const asked = { ...request, seed: 7 }
    await both({ text: 'a' }, { preset: 'mistral', request: asked })
    expect(server.last.body).toMatchObject({ random_seed: 7, stream: true })
    expect(server.last.body).not.toHaveProperty('seed')
    expect(server.last.body).not.toHaveProperty('stream_options')
    await both({ text: 'a' }, { preset: 'azure', request: { ...request, maxTokens: 9 } })
    expect(server.last.body).toMatchObject({ max_completion_tokens: 9 })
  })

  test('takes a schema, or is told of it in words', async () => {
    const schema = { type: 'object', properties: { vendor: { type: 'string' } } }
    const asked = { messages: [user('The bill?')], schema }
    await both({ text: '{}' }, { request: asked })
    expect(server.last.body['response_format']).toMatchObject({ json_schema: { schema } })
    await both({ text: '{}' }, { preset: 'deepseek', request: asked })
    expect(server.last.body['response_format']).toEqual({ type: 'json_object' })
    const [told] = server.last.body['messages'] as readonly { readonly content: string }[]
    expect(told!.content).toContain(JSON.stringify(schema))
  })

  test('needs an address', async () => {
    const { baseUrl: _, ...model } = modelOf('openai-compatible')
    const work = providerOf('openai-compatible').generate(model, request, options())
    await expect(work).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      hint: expect.stringContaining('base_url'),
    })
  })
})

test('thoughts go back to the server that wants them, and to no other', async () => {
  const message = {
    role: 'assistant',
    reasoning_content: 'Let me add.',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'sum', arguments: '{"a":1}' } }],
  }
  const raw = JSON.stringify({
    id: 'x',
    choices: [{ index: 0, finish_reason: 'tool_calls', message }],
  })
  for (const [preset, back] of [
    ['deepseek', 'Let me add.'],
    ['groq', undefined],
  ] as const) {
    server.reset(() => ({ raw }))
    const provider = providerOf(preset)
    const model = modelOf(preset)
    const answer = await provider.generate(model, request, options())
    const content = answer.filter(
      (chunk) => chunk.type === 'reasoning' || chunk.type === 'tool_call',
    )
    const result = { type: 'tool_result', id: 'c1', name: 'sum', text: '3', failed: false } as const
    const messages: Message[] = [
      user('1 + 2?'),
      { role: 'assistant', content },
      { role: 'tool', content: [result] },
    ]
    await provider.generate(model, { ...request, messages }, options())
    const sent = server.last.body['messages'] as readonly { readonly reasoning_content?: string }[]
    expect(sent[1]!.reasoning_content).toBe(back)
  }
})

test('says which models it has, with what each server tells of them', async () => {
  const models = [
    { id: 'qwen3', max_model_len: 32_768 },
    { id: 'llama', context_window: 131_072, max_completion_tokens: 8192 },
    {
      id: 'meta/llama',
      context_length: 1000,
      pricing: { prompt: '0.0000005', completion: '-1' },
      architecture: { input_modalities: ['text', 'image', 'file'] },
      supported_parameters: ['tools', 'structured_outputs', 'temperature'],
    },
    { id: 'pixtral', capabilities: { function_calling: true, vision: true } },
    { object: 'no id' },
  ]
  server.reset(() => ({ models }))
  const settings = { query: { 'api-version': '1' } }
  const model = modelOf('openai-compatible', { apiKey: 'k-1', settings })
  expect(await providerOf('openai-compatible').models!(model, options())).toEqual([
    { id: 'qwen3', context: 32_768 },
    { id: 'llama', context: 131_072, maxOutput: 8192 },
    {
      id: 'meta/llama',
      context: 1000,
      priceIn: 0.5,
      capabilities: ['streaming', 'tools', 'schema', 'image', 'pdf'],
    },
    { id: 'pixtral', capabilities: ['streaming', 'tools', 'image'] },
  ])
  expect(server.last).toMatchObject({ method: 'GET', path: '/v1/models?api-version=1' })
  expect(server.last.headers.authorization).toBe('Bearer k-1')
  server.reset(() => ({ status: 401 }))
  await expect(providerOf('openai-compatible').models!(model, options())).rejects.toMatchObject({
    details: { kind: 'auth', status: 401 },
  })
})
