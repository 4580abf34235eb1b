import type { LanguageModelV4Content, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Message, ModelChunk, ModelRequest } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { openLanguageModels } from '../../../test/support/language-models.ts'

const usage = {
  inputTokens: { total: 10, noCache: 6, cacheRead: 4, cacheWrite: undefined },
  outputTokens: { total: 7, text: 2, reasoning: 5 },
}
const none = (): undefined => undefined
const warnings: string[] = []
const logger = {
  trace: none,
  debug: none,
  info: none,
  error: none,
  warn: (text: string) => void warnings.push(text),
}
const options = { signal: new AbortController().signal, logger }
const model = { provider: 'lab', model: 'm', baseUrl: 'http://127.0.0.1:1/v1' }
const user: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] }
const tool = { name: 'sum', description: 'Adds.', input: { type: 'object', required: ['a'] } }
const request: ModelRequest = { messages: [user], tools: [tool] }

/** A provider over a model of the SDK that says this, and what that model was asked. */
function says(
  parts: readonly LanguageModelV4StreamPart[],
  content: LanguageModelV4Content[] = [],
  unified: 'stop' | 'tool-calls' = 'stop',
) {
  const asked: { prompt?: unknown; seed?: unknown } = {}
  const finishReason = { unified, raw: unified }
  const finish = { type: 'finish' as const, finishReason, usage }
  const doer = {
    specificationVersion: 'v4',
    provider: 'lab.messages',
    modelId: 'm',
    supportedUrls: {},
    doGenerate: (given: object) => {
      Object.assign(asked, given)
      return Promise.resolve({ content, finishReason, usage, warnings: [] })
    },
    doStream: () => Promise.resolve({ stream: ReadableStream.from([...parts, finish]) }),
  }
  const provider = openLanguageModels().provider({
    provider: 'lab',
    baseUrl: 'http://127.0.0.1:1/v1',
    mends: true,
    lacks: ['seed'],
    create: () => Promise.resolve(doer),
  })
  return { provider, asked }
}

async function streamed(...parts: LanguageModelV4StreamPart[]): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = []
  for await (const chunk of says(parts).provider.stream(model, request, options)) chunks.push(chunk)
  return chunks
}

const whole = (...content: LanguageModelV4Content[]) =>
  says([], content).provider.generate(model, request, options)

const FINISH = {
  type: 'finish',
  usage: { inputTokens: 10, outputTokens: 7, cachedTokens: 4, reasoningTokens: 5 },
}

describe('a thought', () => {
  const meta = { lab: { signature: 'sig' } }

  test('has its signature at its end, two of them one each', async () => {
    const chunks = await streamed(
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Let me ' },
      { type: 'reasoning-delta', id: '0', delta: 'see.' },
      { type: 'reasoning-delta', id: '0', delta: '', providerMetadata: meta },
      { type: 'reasoning-end', id: '0' },
      { type: 'reasoning-start', id: '1', providerMetadata: { lab: { redacted: 'x', id: null } } },
      { type: 'reasoning-end', id: '1' },
    )
    expect(chunks).toMatchObject([
      { type: 'reasoning', text: 'Let me ' },
      { type: 'reasoning', text: 'see.' },
      { type: 'reasoning', text: '', meta },
      { type: 'reasoning', text: '', meta: { lab: { redacted: 'x' } } },
      FINISH,
    ])
    expect(chunks[3]).not.toHaveProperty('meta.lab.id')
  })

  test('goes back whole, to its provider only, with what its calls carry', async () => {
    const { provider, asked } = says([])
    const content = [
      { type: 'reasoning', text: 'Let me ' },
      { type: 'reasoning', text: 'see.' },
      { type: 'reasoning', text: '', meta },
      { type: 'reasoning', text: 'Foreign.', meta: { other: { signature: 'sig' } } },
      { type: 'reasoning', text: 'Unsigned.' },
      { type: 'tool_call', id: '1', name: 'sum', input: { a: 1 }, meta: { lab: { thought: 't' } } },
    ] as const
    const messages = [user, { role: 'assistant', content }] as const
    await provider.generate(model, { messages }, options)
    expect(asked.prompt).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Let me see.', providerOptions: meta },
          { type: 'tool-call', input: { a: 1 }, providerOptions: { lab: { thought: 't' } } },
        ],
      },
    ])
  })
})

describe('a picture of an answer', () => {
  const file = { type: 'file' as const, mediaType: 'image/png' }
  const bytes = new Uint8Array([1, 2, 3])
  const media = { type: 'media', mime: 'image/png', data: bytes }

  test('is bytes, whichever way it came', async () => {
    const inline = { ...file, data: { type: 'data' as const, data: bytes } }
    const base64 = { ...file, data: { type: 'data' as const, data: 'AQID' } }
    const url = new URL('data:image/png;base64,AQID')
    const linked = { ...file, data: { type: 'url' as const, url } }
    const all = [media, media, media, FINISH]
    expect(await streamed(inline, base64, linked)).toMatchObject(all)
    expect(await whole(inline, base64, linked)).toMatchObject(all)
  })

  test('that is only an address is a failure: nobody may fetch it', async () => {
    const url = new URL('https://example.com/a.png')
    const work = whole({ ...file, data: { type: 'url', url } })
    await expect(work).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      details: { provider: 'lab', kind: 'malformed', retryable: false },
    })
  })
})

describe('a call', () => {
  const call = { type: 'tool-call' as const, toolCallId: '1', toolName: 'sum' }
  const sent = (...deltas: string[]): LanguageModelV4StreamPart[] => [
    { type: 'tool-input-start', id: '1', toolName: 'sum' },
    ...deltas.map((delta) => ({ type: 'tool-input-delta' as const, id: '1', delta })),
  ]
  const invalid = { type: 'tool_call_invalid', id: '1', name: 'sum' }

  test('that the SDK emptied is reported as it was sent', async () => {
    const emptied = { ...call, input: '{}' }
    expect(await streamed(...sent('{"a": ', '1'), emptied)).toMatchObject([
      { ...invalid, raw: '{"a": 1' },
      { reason: 'tool_calls' },
    ])
    expect(await streamed(...sent(), emptied)).toMatchObject([{ ...invalid, raw: '' }, {}])
  })

  test('that never ended is reported', async () => {
    expect(await streamed(...sent('{"a"'))).toMatchObject([{ ...invalid, raw: '{"a"' }, {}])
  })

  test('that the SDK dropped is reported, unless it stands in the text', async () => {
    const text = (given: string): LanguageModelV4Content => ({ type: 'text', text: given })
    const lost = says([], [text('Let me see.')], 'tool-calls')
    expect(await lost.provider.generate(model, request, options)).toMatchObject([
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_call_invalid', raw: '', problem: expect.stringContaining('none') },
      { reason: 'tool_calls' },
    ])
    const written = says([], [text('{"name": "sum", "arguments": {"a": 1}}')], 'tool-calls')
    expect(await written.provider.generate(model, request, options)).toMatchObject([
      { type: 'tool_call', name: 'sum', input: { a: 1 } },
      { reason: 'tool_calls' },
    ])
  })

  test('of the provider’s own tools is none of ours', async () => {
    const own = { ...call, input: '{}', providerExecuted: true }
    expect(await streamed(own)).toMatchObject([FINISH])
    expect(await whole(own)).toMatchObject([FINISH])
  })

  test.each(['[1]', '"a"', 'null', '{"a"'])('with %s is reported', async (input) => {
    expect(await whole({ ...call, input })).toMatchObject([{ ...invalid, raw: input }, {}])
  })
})

test('what gives no chunk yet is a sign of life', async () => {
  let alive = 0
  const heard = { ...options, alive: () => void (alive += 1) }
  const call: LanguageModelV4StreamPart[] = [
    { type: 'tool-input-start', id: '1', toolName: 'sum' },
    { type: 'tool-input-delta', id: '1', delta: '{"a":' },
    { type: 'tool-input-delta', id: '1', delta: ' 1}' },
    { type: 'tool-call', toolCallId: '1', toolName: 'sum', input: '{"a": 1}' },
  ]
  await Array.fromAsync(says(call).provider.stream(model, request, heard))
  expect(alive).toBe(3)
  alive = 0
  const text = ['{"na', 'me": "Ji', 'm"}'].map(
    (delta) => ({ type: 'text-delta', id: '1', delta }) as const,
  )
  const chunks = await Array.fromAsync(says(text).provider.stream(model, request, heard))
  expect(chunks[0]).toEqual({ type: 'text', text: '{"name": "Jim"}' })
  expect(alive).toBe(3)
})

test('counts of a server are made possible ones', async () => {
  const text: LanguageModelV4Content = { type: 'text', text: 'hello '.repeat(200) }
  const chunks = await whole(text)
  expect(chunks.at(-1)).toMatchObject({ usage: { inputTokens: 10, outputTokens: 75 } })
})

test('what the protocol lacks is left out and said', async () => {
  const { provider, asked } = says([])
  warnings.length = 0
  await provider.generate(model, { ...request, seed: 7 }, options)
  expect(asked).not.toHaveProperty('seed')
  expect(warnings).toEqual(["Model 'lab/m', seed: its protocol has none; it was left out"])
})
