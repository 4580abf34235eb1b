import type { Message, ModelChunk, ModelRequest, ModelSettings } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openaiProvider } from '../../plugins/provider-openai/src/provider.ts'
import { openLanguageModels } from '../support/language-models.ts'
import { OpenAIServer } from '../support/openai-server.ts'

const openai = openaiProvider(openLanguageModels())
let server: OpenAIServer
beforeAll(async () => void (server = await OpenAIServer.start()))
afterAll(() => server.close())

const none = (): undefined => undefined
const logger = { trace: none, debug: none, info: none, error: none, warn: none }
const options = () => ({ signal: new AbortController().signal, logger })
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const modelOf = (api: 'chat' | 'responses', model = 'gpt-5'): ModelSettings => ({
  provider: 'openai',
  model,
  baseUrl: server.baseUrl,
  settings: { api },
})

async function all(stream: AsyncIterable<ModelChunk>): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

const SUM = { name: 'sum', description: 'Adds.', input: { type: 'object', required: ['a'] } }

describe('a thought of the Responses API', () => {
  const thought = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'Let me add.' }],
    encrypted_content: 'sealed',
  }
  const call = {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'sum',
    arguments: '{"a":1}',
    status: 'completed',
  }
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 6,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 16,
  }
  const whole = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'gpt-5',
    output: [thought, call],
    usage,
  }
  const part = { item_id: 'rs_1', output_index: 0, summary_index: 0 }
  const events: readonly (readonly [string, object])[] = [
    [
      'response.created',
      { response: { ...whole, status: 'in_progress', output: [], usage: null } },
    ],
    [
      'response.output_item.added',
      { output_index: 0, item: { ...thought, summary: [], encrypted_content: null } },
    ],
    [
      'response.reasoning_summary_part.added',
      { ...part, part: { type: 'summary_text', text: '' } },
    ],
    ['response.reasoning_summary_text.delta', { ...part, delta: 'Let me ' }],
    ['response.reasoning_summary_text.delta', { ...part, delta: 'add.' }],
    ['response.reasoning_summary_part.done', { ...part, part: thought.summary[0] }],
    ['response.output_item.done', { output_index: 0, item: thought }],
    ['response.output_item.added', { output_index: 1, item: { ...call, arguments: '' } }],
    ['response.output_item.done', { output_index: 1, item: call }],
    ['response.completed', { response: whole }],
  ]
  const raw = events
    .map(([type, fields], i) => {
      const data = JSON.stringify({ type, sequence_number: i, ...fields })
      return `event: ${type}\ndata: ${data}\n\n`
    })
    .join('')

  test.each(['generate', 'stream'] as const)('goes back sealed, in its place: %s', async (mode) => {
    const asked: ModelRequest = { messages: [user('1 + 2?')], tools: [SUM] }
    const model = modelOf('responses')
    server.reset(() =>
      mode === 'stream'
        ? { raw, contentType: 'text/event-stream' }
        : { raw: JSON.stringify(whole) },
    )
    const answer =
      mode === 'stream'
        ? await all(openai.stream(model, asked, options()))
        : await openai.generate(model, asked, options())
    const said = answer.filter(({ type }) => type === 'reasoning')
    expect(said.map((chunk) => ('text' in chunk ? chunk.text : '')).join('')).toBe('Let me add.')
    expect(answer.at(-1)).toMatchObject({ usage: { cachedTokens: 4, reasoningTokens: 5 } })

    const kept = answer.filter((chunk) => chunk.type === 'reasoning' || chunk.type === 'tool_call')
    const result = {
      type: 'tool_result',
      id: 'call_1',
      name: 'sum',
      text: '3',
      failed: false,
    } as const
    const messages: Message[] = [
      user('1 + 2?'),
      { role: 'assistant', content: kept },
      { role: 'tool', content: [result] },
    ]
    server.reset(() => ({ text: 'Three.' }))
    await openai.generate(model, { ...asked, messages }, options())
    const [, sealed, called, output] = server.last.body['input'] as readonly object[]
    const { status: _status, id: _id, ...back } = call
    expect(sealed).toMatchObject({
      type: 'reasoning',
      encrypted_content: 'sealed',
      summary: thought.summary,
    })
    expect(called).toMatchObject(back)
    expect(output).toMatchObject({ type: 'function_call_output', call_id: 'call_1', output: '3' })
  })

  test('of another provider is not sent', async () => {
    server.reset(() => ({ text: 'a' }))
    const meta = { anthropic: { signature: 'sig' } }
    const content = [
      { type: 'reasoning', text: 'Hm.', meta },
      { type: 'text', text: 'Hello.' },
    ] as const
    const messages: Message[] = [user('a'), { role: 'assistant', content }, user('b')]
    for (const api of ['chat', 'responses'] as const) {
      await openai.generate(modelOf(api), { messages }, options())
      expect(JSON.stringify(server.last.body)).not.toMatch(/Hm\.|sig"/)
      expect(JSON.stringify(server.last.body)).toContain('Hello.')
    }
  })
})

describe('files', () => {
  const pdf = { type: 'file', mime: 'application/pdf', data: 'JVBERi0=', name: 'bill.pdf' } as const
  const sound = { type: 'file', mime: 'audio/wav', data: new Uint8Array([82, 73, 70, 70]) } as const
  const send = async (api: 'chat' | 'responses', part: typeof pdf | typeof sound) => {
    server.reset(() => ({ text: 'a' }))
    const messages: Message[] = [{ role: 'user', content: [part] }]
    await openai.generate(modelOf(api, 'gpt-4o'), { messages }, options())
    return JSON.stringify(server.last.body)
  }

  test.each(['chat', 'responses'] as const)('a document with its name: %s', async (api) => {
    const body = await send(api, pdf)
    expect(body).toContain('bill.pdf')
    expect(body).toContain('data:application/pdf;base64,JVBERi0=')
  })

  test('a sound', async () => {
    expect(await send('chat', sound)).toContain('"input_audio":{"data":"UklGRg==","format":"wav"}')
  })
})

test.each([
  ['chat', { type: 'function', function: { name: 'sum' } }],
  ['responses', { type: 'function', name: 'sum' }],
] as const)('one tool can be asked for by name: %s', async (api, choice) => {
  server.reset(() => ({ toolCalls: [{ name: 'sum', arguments: { a: 1 } }] }))
  const asked = { messages: [user('1 + 2?')], tools: [SUM], toolChoice: 'sum' }
  await openai.generate(modelOf(api), asked, options())
  expect(server.last.body['tool_choice']).toEqual(choice)
})

test('settings go into tables of the request, not over them', async () => {
  server.reset(() => ({ text: '{}' }))
  const settings = { api: 'responses', text: { verbosity: 'low' } }
  const asked = { messages: [user('The bill?')], schema: { type: 'object' } }
  await openai.generate({ ...modelOf('responses'), settings }, asked, options())
  expect(server.last.body['text']).toMatchObject({
    verbosity: 'low',
    format: { type: 'json_schema' },
  })
})

test('a call without arguments is reported where its tool needs some', async () => {
  server.reset(() => ({ toolCalls: [{ name: 'sum', arguments: '' }] }))
  for (const api of ['chat', 'responses'] as const) {
    const asked = { messages: [user('1 + 2?')], tools: [SUM] }
    const whole = await openai.generate(modelOf(api), asked, options())
    const pieces = await all(openai.stream(modelOf(api), asked, options()))
    for (const chunks of [whole, pieces])
      expect(chunks[0]).toMatchObject({
        type: 'tool_call_invalid',
        name: 'sum',
        problem: "expected a JSON object with 'a', found nothing",
      })
  }
})

test('names what the account may use', async () => {
  server.reset(() => ({ models: [{ id: 'gpt-5', object: 'model' }, { object: 'model' }] }))
  const model = { ...modelOf('chat'), apiKey: 'k-1' }
  expect(await openai.models!(model, options())).toEqual([{ id: 'gpt-5' }])
  expect(server.last.headers.authorization).toBe('Bearer k-1')
})
