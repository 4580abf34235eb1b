import type { Message, ModelChunk, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anthropicProvider } from '../../plugins/provider-anthropic/src/provider.ts'
import { AnthropicServer } from '../support/anthropic-server.ts'
import type { AnthropicReply } from '../support/anthropic-server.ts'
import { openLanguageModels } from '../support/language-models.ts'
import { asMessage, MODES, Probe, question, results, says, SUM, wordsOf } from './probe.ts'

let server: AnthropicServer
let lab: Probe<AnthropicReply>
beforeAll(async () => {
  server = await AnthropicServer.start()
  const model = { provider: 'anthropic', model: 'claude-haiku-4-5' }
  lab = new Probe(anthropicProvider(openLanguageModels()), server, model)
})
afterAll(() => server.close())

const YES = { text: 'Yes.' }
const ephemeral = { type: 'ephemeral' }

describe('a request', () => {
  test('has the key in its own header, the version, and no other', async () => {
    await lab.ask(YES)
    const { headers, path } = server.last
    expect(path).toBe('/v1/messages')
    expect(headers).toMatchObject({ 'x-api-key': 'sk-lab', 'anthropic-version': '2023-06-01' })
    expect(headers).not.toHaveProperty('authorization')
    await lab.ask(YES, question(), { apiKey: '' })
    expect(server.last.headers).not.toHaveProperty('x-api-key')
  })

  test('finds the protocol below an address without a version', async () => {
    await lab.ask(YES, question(), { baseUrl: server.origin })
    expect(server.last.path).toBe('/v1/messages')
  })

  test('has system prompts apart, stop sequences, and the tokens it may give', async () => {
    const system: Message = { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }
    const messages = [system, says('Hello?')]
    await lab.ask(YES, { messages, stop: ['END'], maxTokens: 99, temperature: 0.5 })
    expect(lab.body).toMatchObject({
      model: 'claude-haiku-4-5',
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello?' }] }],
      stop_sequences: ['END'],
      max_tokens: 99,
      temperature: 0.5,
    })
  })

  test.each([
    ['auto', { type: 'auto' }],
    ['required', { type: 'any' }],
    ['sum', { type: 'tool', name: 'sum' }],
  ])('with the tool choice %s', async (toolChoice, sent) => {
    await lab.ask(YES, question({ tools: [SUM], toolChoice }))
    expect(lab.body).toMatchObject({
      tool_choice: sent,
      tools: [{ name: 'sum', description: 'Adds numbers.', input_schema: SUM.input }],
    })
  })

  test('with the tool choice none offers no tool', async () => {
    await lab.ask(YES, question({ tools: [SUM], toolChoice: 'none' }))
    expect(lab.body).toMatchObject({ tool_choice: { type: 'none' } })
  })

  test('to a model that cannot be made to call a tool says so', async () => {
    const more = { model: 'claude-opus-5-5' }
    await lab.ask(YES, question({ tools: [SUM], toolChoice: 'required', temperature: 0.5 }), more)
    expect(lab.body).toMatchObject({ tool_choice: { type: 'auto' } })
    expect(lab.body).not.toHaveProperty('temperature')
    expect(lab.warnings.join('\n')).toMatch(/toolChoice|tool choice|forced/i)
    expect(lab.warnings.join('\n')).toMatch(/temperature/)
  })

  test('warns of a seed, which there is none of', async () => {
    await lab.ask(YES, question({ seed: 7 }))
    expect(lab.body).not.toHaveProperty('seed')
    expect(lab.warnings.join('\n')).toMatch(/seed/)
  })

  test('carries pictures and documents, as bytes and as addresses', async () => {
    const content: Message['content'] = [
      { type: 'text', text: 'What is this?' },
      { type: 'file', mime: 'image/png', data: new Uint8Array([1, 2, 3]) },
      { type: 'file', mime: 'image/jpeg', data: 'https://example.com/a.jpg' },
      {
        type: 'file',
        mime: 'application/pdf',
        data: 'data:application/pdf;base64,JVBERg==',
        name: 'a.pdf',
      },
    ]
    await lab.ask(YES, { messages: [{ role: 'user', content }] })
    expect(lab.body).toMatchObject({
      messages: [
        {
          content: [
            { type: 'text' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQID' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.jpg' } },
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
            },
          ],
        },
      ],
    })
  })

  test('says which result of a tool is a failure', async () => {
    const calls: Message = {
      role: 'assistant',
      content: [{ type: 'tool_call', id: 'c1', name: 'sum', input: { a: 1, b: 2 } }],
    }
    const failed: Message = {
      role: 'tool',
      content: [{ type: 'tool_result', id: 'c1', name: 'sum', text: 'No.', failed: true }],
    }
    await lab.ask(YES, { messages: [says('1 + 2?'), calls, failed], tools: [SUM] })
    const result = { type: 'tool_result', tool_use_id: 'c1', content: 'No.', is_error: true }
    const sent = lab.body['messages'] as readonly object[]
    expect(sent[2]).toMatchObject({ role: 'user', content: [result] })
  })
})

describe('settings', () => {
  test('go into the body as they are, tables into tables', async () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const settings = { cache_control: ephemeral, top_k: 5, output_config: { effort: 'low' } }
    await lab.set(settings, question({ schema }), 'claude-opus-5')
    expect(lab.body).toMatchObject({
      cache_control: ephemeral,
      top_k: 5,
      output_config: { effort: 'low', format: { type: 'json_schema' } },
    })
  })

  test('turn on features that are still tried out, and one call at a time', async () => {
    const settings = { anthropic_beta: ['some-beta'], disable_parallel_tool_use: true }
    await lab.set(settings, question({ tools: [SUM] }))
    expect(server.last.headers['anthropic-beta']).toContain('some-beta')
    expect(lab.body).toMatchObject({ tool_choice: { disable_parallel_tool_use: true } })
    expect(lab.body).not.toHaveProperty('anthropic_beta')
  })

  test('give a budget of thoughts, on top of the tokens of the answer', async () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    await lab.set({ thinking }, question({ maxTokens: 100, temperature: 0.5 }))
    expect(lab.body).toMatchObject({ thinking, max_tokens: 2100 })
    expect(lab.body).not.toHaveProperty('temperature')
    expect(lab.warnings.join('\n')).toMatch(/temperature/)
  })

  test('let a model think as much as it wants, and show it', async () => {
    const thinking = { type: 'adaptive', display: 'summarized' }
    await lab.set({ thinking }, question(), 'claude-opus-5-5')
    expect(lab.body).toMatchObject({ thinking })
  })

  const wrong: readonly (readonly [string, Readonly<Record<string, Value>>])[] = [
    ['thinking', { thinking: true }],
    ['thinking.type', { thinking: { type: 'much' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled', budget_tokens: 5 } }],
    ['thinking.display', { thinking: { type: 'adaptive', display: 'all' } }],
    ['thinking.budgetTokens', { thinking: { type: 'enabled', budgetTokens: 2000 } }],
    ['anthropic_beta', { anthropic_beta: 'one' }],
    ['disable_parallel_tool_use', { disable_parallel_tool_use: 1 }],
    ['messages', { messages: [] }],
  ]
  test.each(wrong)('that are wrong are refused: %s', async (key, settings) => {
    await expect(lab.set(settings)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(key),
    })
    expect(server.requests).toEqual([])
  })
})

describe.each(MODES)('thoughts, by %s', (mode) => {
  const thinking = [{ text: 'One and two.', signature: 'c2lnbmVk' }, { redacted: 'aGlkZGVu' }]
  const calls = [
    { name: 'sum', arguments: { a: 1, b: 2 } },
    { name: 'sum', arguments: { a: 3, b: 4 } },
  ]
  const asked = question({ tools: [SUM] })
  const settings = { thinking: { type: 'enabled', budget_tokens: 2000 } }

  test('come in words, with the signature at their end', async () => {
    const chunks = await lab.ask({ thinking, text: 'Three.' }, asked, { settings }, mode)
    expect(wordsOf(chunks, 'reasoning')).toBe('One and two.')
    expect(wordsOf(chunks)).toBe('Three.')
    const metas = chunks.flatMap((chunk) => ('meta' in chunk ? [chunk.meta] : []))
    expect(metas).toEqual([
      { anthropic: { signature: 'c2lnbmVk' } },
      { anthropic: { redactedData: 'aGlkZGVu' } },
    ])
  })

  test('are sent back with their signatures before the calls that they led to', async () => {
    const first = await lab.ask({ thinking, toolCalls: calls }, asked, { settings }, mode)
    const said = asMessage(first)
    const messages = [says('1 + 2?'), said, results(said)]
    const last = await lab.ask({ text: 'Three.' }, { messages, tools: [SUM] }, { settings }, mode)
    expect(wordsOf(last)).toBe('Three.')
    const sent = lab.body['messages'] as readonly { content: readonly object[] }[]
    expect(sent[1]!.content).toMatchObject([
      { type: 'thinking', thinking: 'One and two.', signature: 'c2lnbmVk' },
      { type: 'redacted_thinking', data: 'aGlkZGVu' },
      { type: 'tool_use', id: 'toolu_1', name: 'sum', input: { a: 1, b: 2 } },
      { type: 'tool_use', id: 'toolu_2', name: 'sum', input: { a: 3, b: 4 } },
    ])
    expect(sent[2]!.content).toMatchObject([
      { type: 'tool_result', tool_use_id: 'toolu_1' },
      { type: 'tool_result', tool_use_id: 'toolu_2' },
    ])
  })

  test('of another provider stay here', async () => {
    const said: Message = {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', meta: { google: { thoughtSignature: 'abc' } } },
        { type: 'text', text: 'Three.' },
      ],
    }
    await lab.ask(YES, { messages: [says('1 + 2?'), said, says('Sure?')] }, {}, mode)
    expect(JSON.stringify(lab.body)).not.toMatch(/Hm\.|abc/)
  })
})

describe.each(MODES)('an answer, by %s', (mode) => {
  const finish = (chunks: readonly ModelChunk[]) => chunks.at(-1)

  test('says what was read from the cache and what was thought', async () => {
    const usage = { input: 10, output: 6, cached: 4, thought: 2 }
    const chunks = await lab.ask({ text: 'Yes.', usage }, question(), {}, mode)
    expect(finish(chunks)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { inputTokens: 10, outputTokens: 6, cachedTokens: 4, reasoningTokens: 2 },
    })
  })

  test.each([
    [{ text: 'a', finish: 'max_tokens' }, 'length'],
    [{ text: 'a', stopped: 'END' }, 'stop'],
    [{ text: 'a', toolCalls: [{ name: 'sum', arguments: { a: 1, b: 2 } }] }, 'tool_calls'],
  ])('ends for the reason that the server gives: %j', async (reply, reason) => {
    const chunks = await lab.ask(reply, question({ tools: [SUM] }), {}, mode)
    expect(finish(chunks)).toMatchObject({ reason })
  })

  test('of a call without arguments is a call with none', async () => {
    const ping = { name: 'ping', description: 'Pings.', input: { type: 'object', properties: {} } }
    const toolCalls = [{ name: 'ping', arguments: {} }]
    const chunks = await lab.ask({ toolCalls }, question({ tools: [ping] }), {}, mode)
    expect(chunks[0]).toMatchObject({ type: 'tool_call', name: 'ping', input: {} })
  })
})
