import { readFileSync } from 'node:fs'
import type { Manifest, ModelChunk, ModelRequest, ModelSettings } from '@llmspell/sdk'
import { testHost } from '@llmspell/sdk/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { OpenAIServer } from '../../../test/support/openai-server.ts'
import type { ServerReply } from '../../../test/support/openai-server.ts'
import plugin from './index.ts'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { openaiProvider } from './provider.ts'

const openai = openaiProvider(openLanguageModels())

let server: OpenAIServer
beforeAll(async () => void (server = await OpenAIServer.start()))
afterAll(() => server.close())

const warnings: string[] = []
beforeEach(() => void (warnings.length = 0))

const none = (): undefined => undefined
const logger = {
  trace: none,
  debug: none,
  info: none,
  error: none,
  warn: (text: string) => void warnings.push(text),
}
const options = (signal: AbortSignal = new AbortController().signal) => ({ signal, logger })

const user = (text: string): ModelRequest => ({
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
})

async function ask(
  reply: ServerReply,
  more: Partial<ModelSettings> = {},
  request: ModelRequest = user('hi'),
) {
  server.reset(() => reply)
  const model = { provider: 'openai', model: 'gpt-4o-mini', baseUrl: server.baseUrl, ...more }
  return openai.generate(model, request, options())
}

async function stream(reply: ServerReply, settings: ModelSettings['settings'] = {}) {
  server.reset(() => reply)
  const chunks: ModelChunk[] = []
  const model = { provider: 'openai', model: 'gpt-4o-mini', baseUrl: server.baseUrl, settings }
  for await (const chunk of openai.stream(model, user('hi'), options())) chunks.push(chunk)
  return chunks
}

describe('the request', () => {
  test('goes to chat completions of a server of one’s own, or where it is told to', async () => {
    await ask({ text: 'a' })
    expect(server.last.path).toBe('/v1/chat/completions')
    await ask({ text: 'a' }, { settings: { api: 'responses' } })
    expect(server.last.path).toBe('/v1/responses')
    await expect(ask({}, { settings: { api: 'respones' } })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      hint: "Did you mean 'responses'?",
    })
  })

  test('has no authorization without a key', async () => {
    await ask({ text: 'a' })
    expect(server.last.headers).not.toHaveProperty('authorization')
    await ask({ text: 'a' }, { apiKey: 'sk-1' })
    expect(server.last.headers.authorization).toBe('Bearer sk-1')
  })

  test('takes settings into its body as they are, but not the request itself', async () => {
    await ask({ text: 'a' }, { settings: { reasoning_effort: 'low', metadata: { a: 'b' } } })
    expect(server.last.body).toMatchObject({ reasoning_effort: 'low', metadata: { a: 'b' } })
    const work = ask({}, { settings: { messages: [] } })
    await expect(work).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })

  test('is strict about a schema that can be, and not about another', async () => {
    const closed = {
      type: 'object',
      properties: { a: {} },
      required: ['a'],
      additionalProperties: false,
    }
    await ask({ text: '{}' }, {}, { ...user('x'), schema: closed })
    expect(server.last.body).toMatchObject({ response_format: { json_schema: { strict: true } } })
    await ask({ text: '{}' }, {}, { ...user('x'), schema: { ...closed, required: [] } })
    expect(server.last.body).toMatchObject({ response_format: { json_schema: { strict: false } } })
  })

  test('carries files: pictures as bytes, text as text', async () => {
    const picture = { type: 'file', mime: 'image/png', data: Buffer.from('png!') } as const
    const linked = { type: 'file', mime: 'image/png', data: 'https://example.com/a.png' } as const
    const text = { type: 'file', mime: 'text/csv', data: new TextEncoder().encode('a;b') } as const
    await ask({ text: 'a' }, {}, { messages: [{ role: 'user', content: [picture, linked, text] }] })
    expect(server.last.body['messages']).toMatchObject([
      {
        content: [
          { image_url: { url: `data:image/png;base64,${Buffer.from('png!').toString('base64')}` } },
          { image_url: { url: 'https://example.com/a.png' } },
          { type: 'text', text: 'a;b' },
        ],
      },
    ])
    const film = { type: 'file', mime: 'video/mp4', data: new Uint8Array(4) } as const
    const work = ask({}, {}, { messages: [{ role: 'user', content: [film] }] })
    await expect(work).rejects.toMatchObject({ code: 'MODEL_LACKS_CAPABILITY' })
  })

  test('keeps nothing on the server of OpenAI', async () => {
    await ask({ text: 'a' }, { settings: { api: 'responses' } })
    expect(server.last.body).toMatchObject({ store: false })
  })

  test('says what the protocol cannot carry', async () => {
    await ask({ text: 'a' }, { settings: { api: 'responses' } }, { ...user('x'), seed: 1 })
    expect(warnings.join()).toMatch(/seed/)
  })
})

describe('an answer', () => {
  test('of one protocol is not taken for another: a page, or JSON instead of a stream', async () => {
    const page = { raw: '<html>Login</html>', contentType: 'text/html' }
    const wrong = { code: 'PROVIDER_FAILED', details: { kind: 'malformed', retryable: false } }
    await expect(ask(page)).rejects.toMatchObject(wrong)
    await expect(stream(page)).rejects.toMatchObject(wrong)
    await expect(stream({ raw: '{}' })).rejects.toMatchObject(wrong)
    await expect(ask({ raw: '{"half' })).rejects.toMatchObject(wrong)
    await expect(ask({ raw: '{"some": "thing"}' })).rejects.toMatchObject(wrong)
  })

  test.each(['chat', 'responses'])('of %s that ends too early keeps its text', async (api) => {
    const reply = { text: 'one two three', endAfter: api === 'chat' ? 3 : 6 }
    await expect(stream(reply, { api })).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      details: { kind: 'cut', retryable: true, partial: 'one two' },
    })
  })

  test.each(['chat', 'responses'])('of %s may hold an error', async (api) => {
    const reply = { text: 'one two three', errorAfter: api === 'chat' ? 3 : 6 }
    await expect(stream(reply, { api })).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining('overloaded'),
      details: { retryable: true, partial: 'one two' },
    })
  })

  test('that was cut by its limit says so', async () => {
    expect((await ask({ text: 'a', finish: 'length' })).at(-1)).toMatchObject({ reason: 'length' })
  })

  test('drip by drip is still an answer', async () => {
    const chunks = await stream({ text: 'süß 🌍', bytewise: true, delayMs: 2 })
    expect(chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('')).toBe('süß 🌍')
  })
})

describe('a failure', () => {
  const limited = (headers: Record<string, string>) => ask({ status: 429, headers })

  test('says how long to wait, in any of the ways of servers', async () => {
    await expect(limited({ 'retry-after': '2' })).rejects.toMatchObject({
      details: { retry_after_ms: 2000 },
    })
    await expect(limited({ 'retry-after': '2', 'retry-after-ms': '30' })).rejects.toMatchObject({
      details: { retry_after_ms: 30 },
    })
    const date = new Date(Date.now() + 10_000).toUTCString()
    const error = await limited({ 'retry-after': date }).catch((e) => e)
    expect(error.details.retry_after_ms).toBeGreaterThan(8000)
    expect(error.details).toMatchObject({ status: 429, request_id: 'req_1' })
    expect((await limited({}).catch((e) => e)).details).not.toHaveProperty('retry_after_ms')
  })

  test('for want of money does not pass', async () => {
    const error = { message: 'You exceeded your quota.', code: 'insufficient_quota' }
    await expect(ask({ status: 429, error })).rejects.toMatchObject({
      details: { retryable: false, kind: 'quota' },
      hint: expect.stringContaining('billing'),
    })
  })

  test.each([
    [400, false, /objects/],
    [403, false, /key/],
    [404, false, /name of the model/],
    [408, true, /./],
    [503, true, /later/],
  ])('with status %i: may it pass? %s', async (status, retryable, hint) => {
    await expect(ask({ status })).rejects.toMatchObject({
      details: { status, retryable },
      hint: expect.stringMatching(hint),
    })
  })

  test('to connect may pass', async () => {
    const gone = await OpenAIServer.start()
    const { baseUrl } = gone
    await gone.close()
    await expect(ask({}, { baseUrl })).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      details: { retryable: true, kind: 'network' },
      hint: expect.stringContaining(baseUrl),
    })
  })

  test('is what a redirect ends in: nothing goes to another origin', async () => {
    const other = await OpenAIServer.start()
    const location = `${other.baseUrl}/chat/completions`
    const reply = { raw: '', status: 307, headers: { location } }
    await expect(ask(reply)).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
    expect(other.requests).toEqual([])
    await other.close()
  })
})

test('the SDK is not loaded before the first call', async () => {
  const json = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { llmspell: manifest } = JSON.parse(json) as { readonly llmspell: Manifest }
  const host = await testHost(plugin, {
    manifest,
    services: { 'language-models': openLanguageModels() },
  })
  expect(host.contribution('providers', 'openai')).toMatchObject({})
  await host.dispose()
  for (const file of ['index', 'provider', 'model', 'settings']) {
    const source = readFileSync(new URL(`./${file}.ts`, import.meta.url), 'utf8')
    expect(source).not.toMatch(/^import (?!type)[^;]*?from '@ai-sdk/m)
  }
})
