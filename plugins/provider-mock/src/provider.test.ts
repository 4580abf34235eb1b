import { readFileSync } from 'node:fs'
import type { Manifest, ModelChunk, ModelRequest, Value } from '@llmspell/sdk'
import { testHost } from '@llmspell/sdk/testing'
import { describe, expect, test } from 'vitest'
import plugin from './index.ts'
import { MockProvider } from './provider.ts'

const logger = new Proxy({}, { get: () => () => undefined }) as never
const user = (text: string): ModelRequest => ({
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
})
const answered = ({ messages }: ModelRequest): ModelRequest => ({
  messages: [...messages, { role: 'assistant', content: [] }, { role: 'tool', content: [] }],
})

interface Ask {
  readonly model?: string
  readonly settings?: { readonly [key: string]: Value }
  readonly request?: ModelRequest
  readonly signal?: AbortSignal
}

function ask(
  provider: MockProvider,
  { model = 'echo', settings = {}, request = user('hello world'), signal }: Ask,
) {
  const options = { signal: signal ?? new AbortController().signal, logger }
  return provider.generate({ provider: 'mock', model, settings }, request, options)
}

const textOf = (chunks: readonly ModelChunk[]) =>
  chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('')

describe('echo', () => {
  test('repeats the last words of the user', async () => {
    expect(textOf(await ask(new MockProvider(0), {}))).toBe('hello world')
  })

  test('keeps to the limits of an answer', async () => {
    const provider = new MockProvider(0)
    const short = await ask(provider, { request: { ...user('hello world'), maxTokens: 1 } })
    expect(textOf(short)).toBe('hell')
    expect(short.at(-1)).toMatchObject({ reason: 'length' })
    const stopped = await ask(provider, {
      request: { ...user('hello world'), stop: ['zz', ' wor'] },
    })
    expect(textOf(stopped)).toBe('hello')
    expect(stopped.at(-1)).toMatchObject({
      reason: 'stop',
      usage: { inputTokens: 3, outputTokens: 2 },
    })
  })
})

describe('scripted', () => {
  const replies = ['first', { text: 'look', tool_calls: [{ name: 't', input: { a: 1 } }] }]
  const settings = { replies: [...replies, { finish_reason: 'content_filter' }] }
  const provider = new MockProvider(0)

  test('gives one reply for each request of a conversation', async () => {
    const first = user('go')
    const second = answered(first)
    const third = answered(second)
    const say = (request: ModelRequest) => ask(provider, { model: 'scripted', settings, request })
    expect(textOf(await say(first))).toBe('first')
    expect(await say(second)).toMatchObject([
      { type: 'text', text: 'look' },
      { type: 'tool_call', id: 'call_2_1', name: 't', input: { a: 1 } },
      { type: 'finish', reason: 'tool_calls' },
    ])
    expect(await say(third)).toMatchObject([{ type: 'finish', reason: 'content_filter' }])
    expect(textOf(await say(first))).toBe('first')
    await expect(say(answered(third))).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining('found 3'),
    })
  })
})

describe('failures', () => {
  const fail = (plan: Value, more: Ask = {}, provider = new MockProvider(0)) =>
    ask(provider, { settings: { fail: plan }, ...more })

  test('are counted within one call, so that each run sees the same', async () => {
    const provider = new MockProvider(0)
    for (const { signal } of [new AbortController(), new AbortController()]) {
      await expect(
        fail({ kind: 'rate_limit', retry_after_ms: 7 }, { signal }, provider),
      ).rejects.toMatchObject({
        details: { status: 429, retryable: true, retry_after_ms: 7 },
      })
      expect(textOf(await fail({ kind: 'rate_limit' }, { signal }, provider))).toBe('hello world')
    }
  })

  test('with a key are counted across calls', async () => {
    const provider = new MockProvider(0)
    const plan = { key: 'k', on: [1, 3], kind: 'auth' }
    const outcomes: string[] = []
    for (let i = 0; i < 4; i++) {
      outcomes.push(
        await fail(plan, {}, provider).then(
          () => 'ok',
          (error) => error.details.status,
        ),
      )
    }
    expect(outcomes).toEqual([401, 'ok', 401, 'ok'])
  })

  test('can wait for a later request', async () => {
    const plan = [{ kind: 'server_error', step: 2 }]
    expect(textOf(await fail(plan))).toBe('hello world')
    await expect(fail(plan, { request: answered(user('x')) })).rejects.toMatchObject({
      details: { status: 500 },
    })
  })

  test('may be a call that is no JSON, in the first answer only', async () => {
    const plan = 'malformed_tool_call'
    expect(await fail(plan)).toMatchObject([
      { type: 'tool_call_invalid' },
      { reason: 'tool_calls' },
    ])
    expect(textOf(await fail(plan, { request: answered(user('x')) }))).toBe('x')
  })

  test('break a stream off after so many chunks', async () => {
    const work = fail({ kind: 'cut_stream', after: 1 })
    await expect(work).rejects.toMatchObject({ details: { kind: 'cut', partial: 'hello ' } })
  })

  test.each([
    [{ fial: 1 }, "'fail'"],
    [{ fail: { kind: 'rate_limt' } }, "'rate_limit'"],
    [{ fail: { kind: 'auth', onn: 1 } }, "'on'"],
  ])('refuse settings that nobody knows: %j', async (settings, hint) => {
    await expect(ask(new MockProvider(0), { settings })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      hint: expect.stringContaining(hint),
    })
  })
})

test('a model that is not there gets a suggestion', async () => {
  await expect(ask(new MockProvider(0), { model: 'dmeo' })).rejects.toMatchObject({
    code: 'MODEL_UNKNOWN',
    hint: "Did you mean 'demo'?",
  })
})

test('a stream takes its time, word by word, and stops when it is told to', async () => {
  const controller = new AbortController()
  const provider = new MockProvider(20)
  const model = { provider: 'mock', model: 'echo' }
  const words: string[] = []
  const read = async (): Promise<void> => {
    const options = { signal: controller.signal, logger }
    for await (const chunk of provider.stream(model, user('one two three'), options)) {
      if (chunk.type === 'text') words.push(chunk.text)
      if (words.length === 2) controller.abort()
    }
  }
  const started = performance.now()
  await expect(read()).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(words).toEqual(['one ', 'two '])
  expect(performance.now() - started).toBeGreaterThan(30)
})

test('the plugin contributes what its manifest says', async () => {
  const json = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { llmspell: manifest } = JSON.parse(json) as { readonly llmspell: Manifest }
  const host = await testHost(plugin, { manifest, config: { delay_ms: 0 } })
  expect(host.contribution('providers', 'mock')).toBeInstanceOf(MockProvider)
  await host.dispose()
})
