import type { Message, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { googleProvider } from '../../plugins/provider-google/src/provider.ts'
import { GoogleServer } from '../support/google-server.ts'
import type { GoogleReply } from '../support/google-server.ts'
import { openLanguageModels } from '../support/language-models.ts'
import { asMessage, MODES, Probe, question, results, says, SUM, wordsOf } from './probe.ts'

let server: GoogleServer
let lab: Probe<GoogleReply>
beforeAll(async () => {
  server = await GoogleServer.start()
  const model = { provider: 'google', model: 'gemini-3.8-flash' }
  lab = new Probe(googleProvider(openLanguageModels()), server, model)
})
afterAll(() => server.close())

const YES = { text: 'Yes.' }

describe('a request', () => {
  test('has the key in its own header, the model in the address, and a stream by another verb', async () => {
    await lab.ask(YES)
    expect(server.last.path).toBe('/v1beta/models/gemini-3.8-flash:generateContent')
    expect(server.last.headers).toMatchObject({ 'x-goog-api-key': 'sk-lab' })
    expect(server.last.headers).not.toHaveProperty('authorization')
    await lab.stream(YES, question(), { apiKey: '' })
    expect(server.last.path).toMatch(/:streamGenerateContent\?alt=sse$/)
    expect(server.last.headers).not.toHaveProperty('x-goog-api-key')
  })

  test('finds the protocol below an address without a version', async () => {
    await lab.ask(YES, question(), { baseUrl: server.origin })
    expect(server.last.path).toMatch(/^\/v1beta\//)
  })

  test('has system prompts apart and all options of a request', async () => {
    const system: Message = { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }
    const messages = [system, says('Hello?')]
    const asked = { seed: 7, temperature: 0.5, topP: 0.75, maxTokens: 99 }
    await lab.ask(YES, { messages, stop: ['END'], ...asked })
    const { maxTokens: maxOutputTokens, ...plain } = asked
    expect(lab.body).toMatchObject({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hello?' }] }],
      generationConfig: { ...plain, maxOutputTokens, stopSequences: ['END'] },
    })
    expect(lab.warnings).toEqual([])
  })

  test.each([
    ['auto', { mode: 'AUTO' }],
    ['required', { mode: 'ANY' }],
    ['none', { mode: 'NONE' }],
    ['sum', { mode: 'ANY', allowedFunctionNames: ['sum'] }],
  ])('with the tool choice %s', async (toolChoice, functionCallingConfig) => {
    await lab.ask(YES, question({ tools: [SUM], toolChoice }))
    const { name, description, input: parametersJsonSchema } = SUM
    expect(lab.body).toMatchObject({
      toolConfig: { functionCallingConfig },
      tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema }] }],
    })
  })

  test('carries pictures, sounds, films and documents, as bytes and as addresses', async () => {
    const file = (mime: string, data: Uint8Array | string) => ({
      type: 'file' as const,
      mime,
      data,
    })
    const content: Message['content'] = [
      { type: 'text', text: 'What is this?' },
      file('image/png', new Uint8Array([1, 2, 3])),
      file('audio/wav', 'UklGRg=='),
      file('video/mp4', 'https://example.com/a.mp4'),
      file('application/pdf', 'data:application/pdf;base64,JVBERg=='),
    ]
    await lab.ask(YES, { messages: [{ role: 'user', content }] })
    const inline = (mimeType: string, data: string) => ({ inlineData: { mimeType, data } })
    const [sent] = lab.body['contents'] as readonly object[]
    expect(sent).toEqual({
      role: 'user',
      parts: [
        { text: 'What is this?' },
        inline('image/png', 'AQID'),
        inline('audio/wav', 'UklGRg=='),
        { fileData: { mimeType: 'video/mp4', fileUri: 'https://example.com/a.mp4' } },
        inline('application/pdf', 'JVBERg=='),
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
    const [, , sent] = lab.body['contents'] as readonly object[]
    const functionResponse = { id: 'c1', name: 'sum', response: { name: 'sum', error: 'No.' } }
    expect(sent).toEqual({ role: 'user', parts: [{ functionResponse }] })
  })
})

describe('settings', () => {
  test('go into the body as they are, tables into tables', async () => {
    const safetySettings = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]
    const thinkingConfig = { thinkingLevel: 'high', includeThoughts: true }
    const generationConfig = { thinkingConfig, topK: 40 }
    await lab.set({ safetySettings, generationConfig, labels: { a: 'b' } }, question({ seed: 7 }))
    expect(lab.body).toMatchObject({
      safetySettings,
      labels: { a: 'b' },
      generationConfig: { ...generationConfig, seed: 7 },
    })
  })

  test.each(['contents', 'tools'])('are no part of the request: %s', async (key) => {
    const settings: Readonly<Record<string, Value>> = { [key]: [] }
    await expect(lab.set(settings)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(key),
    })
    expect(server.requests).toEqual([])
  })
})

describe.each(MODES)('thoughts, by %s', (mode) => {
  const thought = { text: 'One and two.' }
  const asked = question({ tools: [SUM] })
  const calls = [
    { name: 'sum', arguments: { a: 1, b: 2 }, signature: 'c2lnbmVk' },
    { name: 'sum', arguments: { a: 3, b: 4 } },
  ]

  test('come in words, apart from the answer', async () => {
    const chunks = await lab.ask({ thought, text: 'Three.' }, asked, {}, mode)
    expect(wordsOf(chunks, 'reasoning')).toBe('One and two.')
    expect(wordsOf(chunks)).toBe('Three.')
  })

  test('are sent back as the signature of the call that they led to', async () => {
    const first = await lab.ask({ thought, toolCalls: calls }, asked, {}, mode)
    const said = asMessage(first)
    const messages = [says('1 + 2?'), said, results(said)]
    const last = await lab.ask({ text: 'Three.' }, { messages, tools: [SUM] }, {}, mode)
    expect(wordsOf(last)).toBe('Three.')
    const sent = lab.body['contents'] as readonly { parts: readonly object[] }[]
    const args = [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]
    expect(sent[1]!.parts).toEqual([
      { functionCall: { id: 'fc-1', name: 'sum', args: args[0] }, thoughtSignature: 'c2lnbmVk' },
      { functionCall: { id: 'fc-2', name: 'sum', args: args[1] } },
    ])
    expect(sent[2]!.parts).toMatchObject([
      { functionResponse: { id: 'fc-1', response: { content: '3' } } },
      { functionResponse: { id: 'fc-2' } },
    ])
    expect(lab.warnings).toEqual([])
  })

  test('that were signed themselves go back with their words', async () => {
    const signed = { text: 'One and two.', signature: 'dGhvdWdodA==' }
    const said = asMessage(await lab.ask({ thought: signed, text: 'Three.' }, asked, {}, mode))
    await lab.ask(YES, { messages: [says('1 + 2?'), said, says('Sure?')] }, {}, mode)
    const [, sent] = lab.body['contents'] as readonly { parts: readonly object[] }[]
    expect(sent!.parts).toEqual([
      { text: 'One and two.', thought: true, thoughtSignature: 'dGhvdWdodA==' },
      { text: 'Three.' },
    ])
  })

  test('of another provider stay here; a call without a signature says so', async () => {
    const meta = { anthropic: { signature: 'abc' } }
    const said: Message = {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', meta },
        { type: 'tool_call', id: 'c1', name: 'sum', input: { a: 1, b: 2 } },
      ],
    }
    await lab.ask(YES, { messages: [says('1 + 2?'), said, results(said)], tools: [SUM] }, {}, mode)
    expect(JSON.stringify(lab.body)).not.toMatch(/Hm\.|abc/)
    expect(lab.warnings.join('\n')).toMatch(/thoughtSignature/)
  })
})

describe.each(MODES)('an answer, by %s', (mode) => {
  test('says what was read from the cache and what was thought', async () => {
    const usage = { input: 10, output: 6, cached: 4, thought: 2 }
    const chunks = await lab.ask({ text: 'Yes.', usage }, question(), {}, mode)
    expect(chunks.at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { inputTokens: 10, outputTokens: 6, cachedTokens: 4, reasoningTokens: 2 },
    })
  })

  test.each([
    [{ text: 'a', finish: 'MAX_TOKENS' }, 'length'],
    [{ text: 'a', finish: 'SAFETY' }, 'content_filter'],
    [{ text: 'a', toolCalls: [{ name: 'sum', arguments: { a: 1, b: 2 } }] }, 'tool_calls'],
  ])('ends for the reason that the server gives: %j', async (reply, reason) => {
    const chunks = await lab.ask(reply, question({ tools: [SUM] }), {}, mode)
    expect(chunks.at(-1)).toMatchObject({ reason })
  })

  test('gives ids to calls that have none', async () => {
    const call = { id: '', name: 'sum', arguments: { a: 1, b: 2 } }
    const reply = { toolCalls: [call, call] }
    const chunks = await lab.ask(reply, question({ tools: [SUM] }), {}, mode)
    const ids = chunks.flatMap((chunk) => (chunk.type === 'tool_call' ? [chunk.id] : []))
    expect(ids).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)])
    expect(new Set(ids).size).toBe(2)
  })

  test('may hold a picture, of more than a MiB too', async () => {
    const bytes = new Uint8Array(1_500_000).fill(7)
    const data = Buffer.from(bytes).toString('base64')
    const reply = { text: 'Here:', media: { mimeType: 'image/png', data } }
    const model = { model: 'gemini-3.1-flash-image' }
    const chunks = await lab.ask(reply, question(), model, mode)
    const media = chunks.find((chunk) => chunk.type === 'media')
    expect(media).toMatchObject({ mime: 'image/png' })
    expect(Buffer.compare(media!.data, bytes)).toBe(0)
  })
})
