import { readFileSync } from 'node:fs'
import type { Manifest, ModelChunk, ModelRequest, ModelSettings, PullProgress } from '@llmspell/sdk'
import { testHost } from '@llmspell/sdk/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHttp } from '../../../test/support/http.ts'
import { OllamaServer, PULLED } from '../../../test/support/ollama-server.ts'
import type { OllamaReply } from '../../../test/support/ollama-server.ts'
import plugin from './index.ts'
import { ollamaProvider } from './provider.ts'

const ollama = ollamaProvider(openHttp())

let server: OllamaServer
let warnings: string[]
beforeAll(async () => void (server = await OllamaServer.start()))
beforeEach(() => void (warnings = []))
afterAll(() => server.close())

const none = (): undefined => undefined
const logger = {
  trace: none,
  debug: none,
  info: none,
  error: none,
  warn: (text: string) => void warnings.push(text),
}
const options = (signal = new AbortController().signal) => ({ signal, logger })
const modelOf = (more: Partial<ModelSettings> = {}): ModelSettings => ({
  provider: 'ollama',
  model: 'llama3.2',
  baseUrl: server.baseUrl,
  ...more,
})
const hello: ModelRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
}
const SUM = { name: 'sum', description: 'Adds.', input: { type: 'object', 'x-open': true } }

async function ask(reply: OllamaReply, request = hello, more: Partial<ModelSettings> = {}) {
  server.reset(() => reply)
  return ollama.generate(modelOf(more), request, options())
}

async function stream(reply: OllamaReply, request = hello): Promise<ModelChunk[]> {
  server.reset(() => reply)
  return Array.fromAsync(ollama.stream(modelOf(), request, options()))
}

describe('a request', () => {
  test('has what only the native protocol takes, and never a question that is cut', async () => {
    const settings = { num_ctx: 8192, think: false, keep_alive: '10m' }
    await ask(
      { text: 'Yes.' },
      { ...hello, maxTokens: 9, schema: { type: 'object' } },
      { settings },
    )
    expect(server.last.body).toEqual({
      model: 'llama3.2',
      messages: [{ role: 'user', content: 'hi' }],
      stream: false,
      truncate: false,
      think: false,
      keep_alive: '10m',
      format: { type: 'object' },
      options: { num_ctx: 8192, num_predict: 9 },
    })
    await expect(ask({}, hello, { settings: { messages: [] } })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining("'messages'"),
    })
  })

  test('carries images, text files, thoughts, calls and results', async () => {
    const image = new Uint8Array([1, 2, 3])
    const messages: ModelRequest['messages'] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'file', mime: 'image/png', data: image },
          { type: 'file', mime: 'text/plain', data: new TextEncoder().encode('a note') },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'tool_call', id: 'c1', name: 'sum', input: { a: 1 } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool_result', id: 'c1', name: 'sum', text: '1', failed: false },
          { type: 'tool_result', id: 'c2', name: 'sum', text: '2', failed: true },
        ],
      },
    ]
    await ask({ text: 'Yes.' }, { messages, tools: [SUM] })
    const call = {
      id: 'c1',
      type: 'function',
      function: { index: 0, name: 'sum', arguments: { a: 1 } },
    }
    expect(server.last.body['messages']).toEqual([
      { role: 'user', content: 'look\na note', images: ['AQID'] },
      { role: 'assistant', content: '', thinking: 'hm', tool_calls: [call] },
      { role: 'tool', tool_name: 'sum', tool_call_id: 'c1', content: '1' },
      { role: 'tool', tool_name: 'sum', tool_call_id: 'c2', content: '2' },
    ])
    const fn = { name: 'sum', description: 'Adds.', parameters: { type: 'object' } }
    expect(server.last.body['tools']).toEqual([{ type: 'function', function: fn }])
  })

  test.each([
    ['audio/wav', new Uint8Array(2)],
    ['image/png', 'https://example.com/a.png'],
  ])('with %s as %j is not sent', async (mime, data) => {
    const messages: ModelRequest['messages'] = [
      { role: 'user', content: [{ type: 'file', mime, data }] },
    ]
    await expect(ask({}, { messages })).rejects.toMatchObject({ code: 'MODEL_LACKS_CAPABILITY' })
    expect(server.requests).toEqual([])
  })

  test('offers one tool alone, or none, where the protocol has no choice', async () => {
    const tools = [SUM, { ...SUM, name: 'other' }]
    await ask({ text: 'Yes.' }, { ...hello, tools, toolChoice: 'other' })
    expect(server.last.body['tools']).toHaveLength(1)
    expect(warnings).toEqual([expect.stringContaining('toolChoice')])
    await ask({ text: 'Yes.' }, { ...hello, tools, toolChoice: 'none' })
    expect(server.last.body).not.toHaveProperty('tools')
  })

  test.each(['', '/', '/v1', '/api/'])(
    'finds its server by an address that ends in %j',
    async (end) => {
      await ask({ text: 'Yes.' }, hello, { baseUrl: server.origin + end })
      expect(server.last.path).toBe('/api/chat')
    },
  )
})

describe('an answer', () => {
  test('has thoughts before text, and its tokens', async () => {
    const reply = { thinking: 'let me see', text: 'Yes.', usage: { input: 3, output: 4 } }
    const chunks = await stream(reply)
    expect(chunks.map(({ type }) => type)).toEqual([
      'reasoning',
      'reasoning',
      'reasoning',
      'text',
      'finish',
    ])
    expect(chunks.at(-1)).toMatchObject({ usage: { inputTokens: 3, outputTokens: 4 } })
    expect(await ask(reply)).toMatchObject([{ text: 'let me see' }, { text: 'Yes.' }, {}])
  })

  test('that was cut by its limit says so', async () => {
    expect((await ask({ text: 'a', finish: 'length' })).at(-1)).toMatchObject({ reason: 'length' })
  })

  test('keeps the ids of the server, and makes steady ones where it has none', async () => {
    const call = { name: 'sum', arguments: { a: 1 } }
    const toolCalls = [{ ...call, id: 'own' }, call]
    expect(await stream({ toolCalls })).toMatchObject([{ id: 'own' }, { id: 'call_1_2' }, {}])
  })

  test.each([
    ['[1]', /JSON object/],
    ['{"a":', /JSON object/],
  ])('with %j as arguments is reported and not run', async (given, problem) => {
    const chunks = await stream({ toolCalls: [{ name: 'sum', arguments: given }] })
    expect(chunks[0]).toMatchObject({
      type: 'tool_call_invalid',
      raw: given,
      problem: expect.stringMatching(problem),
    })
  })

  test('that the server could not read in the middle is reported with the text before', async () => {
    const message = `error parsing tool call: raw='{"a": 1}]', err=invalid character ']'`
    const reply = { text: 'one two', errorAfter: 1, error: { message } }
    const tools = [SUM, { ...SUM, name: 'other' }]
    const chunks = await stream(reply, { ...hello, tools })
    expect(chunks).toMatchObject([
      { type: 'text', text: 'one' },
      { type: 'tool_call_invalid', name: 'unknown', raw: '{"a": 1}]' },
      { type: 'finish', reason: 'tool_calls' },
    ])
  })
})

describe('a failure', () => {
  const fails = (reply: OllamaReply, more: Partial<ModelSettings> = {}) =>
    ask(reply, { ...hello, tools: [SUM] }, more)

  test('for want of the model says how to fetch it', async () => {
    await expect(fails({}, { model: 'gone:7b' })).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: "Provider 'ollama' failed: status 404: model 'gone:7b' not found.",
      hint: 'Check the name of the model, or fetch it with: llmspell model pull ollama/gone:7b',
      details: { provider: 'ollama', kind: 'model', retryable: false, status: 404 },
    })
  })

  test('for want of a server says how to start it', async () => {
    const gone = await OllamaServer.start()
    const { baseUrl } = gone
    await gone.close()
    await expect(fails({}, { baseUrl })).rejects.toMatchObject({
      message: expect.stringContaining('cannot be reached'),
      hint: expect.stringContaining('ollama serve'),
      details: { kind: 'network', retryable: true },
    })
  })

  test('for want of tools says who has them', async () => {
    await expect(fails({}, { model: 'llava:7b' })).rejects.toMatchObject({
      details: { kind: 'request', status: 400 },
      hint: expect.stringContaining('--live --capability tools'),
    })
  })

  test.each([
    [400, 'the input length exceeds the context length', 'context', false],
    [429, 'you have reached your hourly usage limit', 'quota', false],
    [503, 'server busy, please try again', 'server', true],
    [404, '404 page not found', 'model', false],
    [302, '', 'request', false],
  ])('with status %i and %j is one of %s', async (status, message, kind, retryable) => {
    const raw = JSON.stringify({ error: message })
    const details = { status, kind, retryable }
    await expect(fails({ raw, status })).rejects.toMatchObject({ details })
  })

  test.each([
    ['a page', { raw: '<html>', contentType: 'text/html' }],
    ['a list', { raw: '[]' }],
    ['a number as text', { raw: '{"message":{"content":7},"done":true}' }],
  ])('to read %s is none that passes', async (_name, reply) => {
    await expect(fails(reply)).rejects.toMatchObject({
      details: { kind: 'malformed', retryable: false },
    })
    await expect(stream(reply)).rejects.toMatchObject({ details: { kind: 'malformed' } })
  })

  test('in the middle keeps the text', async () => {
    const details = { kind: 'server', retryable: true, partial: 'one two' }
    await expect(stream({ text: 'one two three', errorAfter: 2 })).rejects.toMatchObject({
      details,
    })
    const cut = { kind: 'cut', retryable: true, partial: 'one' }
    await expect(stream({ text: 'one two', endAfter: 1 })).rejects.toMatchObject({ details: cut })
    await expect(stream({ text: 'one two', cutAfter: 1, delayMs: 5 })).rejects.toMatchObject({
      details: { kind: 'cut', retryable: true },
    })
    await expect(ask({ raw: '{"done":false}' })).rejects.toMatchObject({ details: { kind: 'cut' } })
  })

  test('of a line without an end is bounded', async () => {
    const raw = `{"a":"${'a'.repeat(3 * 1024 * 1024)}`
    await expect(stream({ raw })).rejects.toMatchObject({ details: { kind: 'malformed' } })
  })
})

describe('a server', () => {
  test('lists what it has with size and abilities', async () => {
    server.reset(() => ({}))
    expect(await ollama.models(modelOf(), options())).toEqual([
      {
        id: 'llama3.2',
        context: 131_072,
        priceIn: 0,
        priceOut: 0,
        capabilities: ['streaming', 'schema', 'tools'],
      },
      {
        id: 'llava:7b',
        context: 32_768,
        priceIn: 0,
        priceOut: 0,
        capabilities: ['streaming', 'schema', 'image'],
      },
      {
        id: 'nomic-embed-text',
        context: 2048,
        priceIn: 0,
        priceOut: 0,
        capabilities: ['embedding'],
      },
    ])
  })

  test('that cannot show a model still has it', async () => {
    server.reset((_index, _body, path) => (path === '/api/show' ? { status: 500 } : {}))
    const [first] = await ollama.models(modelOf(), options())
    expect(first).toEqual({ id: 'llama3.2', priceIn: 0, priceOut: 0 })
  })

  test.each([
    ['{"models":[null,7,{},{"name":""},{"name":"a"}]}', ['a']],
    ['{"models":[]}', []],
  ])('lists only what has a name: %s', async (raw, names) => {
    server.reset((_index, _body, path) => (path === '/api/tags' ? { raw } : {}))
    const items = await ollama.models(modelOf(), options())
    expect(items.map(({ id }) => id)).toEqual(names)
  })

  test('without a list is none', async () => {
    server.reset(() => ({ raw: '{"models":7}' }))
    await expect(ollama.models(modelOf(), options())).rejects.toMatchObject({
      details: { kind: 'malformed' },
    })
  })

  test('says its version', async () => {
    server.reset(() => ({}))
    expect(await ollama.status(modelOf(), options())).toEqual({ version: '0.12.6' })
  })

  test('makes numbers of texts', async () => {
    server.reset(() => ({}))
    const model = modelOf({ model: 'nomic-embed-text' })
    expect(await ollama.embed(model, ['a', 'bcd'], options())).toEqual({
      vectors: [
        [1, 0.5],
        [3, 0.5],
      ],
      usage: { inputTokens: 4, outputTokens: 0 },
    })
    expect(server.last.body).toMatchObject({ input: ['a', 'bcd'], truncate: false })
    server.reset(() => ({ embeddings: [[1]] }))
    await expect(ollama.embed(model, ['a', 'b'], options())).rejects.toMatchObject({
      details: { kind: 'malformed' },
    })
  })
})

describe('a pull', () => {
  const pull = (reply: OllamaReply, signal?: AbortSignal): Promise<PullProgress[]> => {
    server.reset(() => reply)
    return Array.fromAsync(ollama.pull(modelOf(), options(signal)))
  }

  test('tells how far it is', async () => {
    const told = await pull({})
    expect(told).toHaveLength(PULLED.length)
    expect(told[2]).toEqual({ status: 'pulling 6a0746a1ec1a', done: 500, total: 2000 })
    expect(told.at(-1)).toEqual({ status: 'success' })
    expect(server.last.body).toEqual({ model: 'llama3.2', stream: true })
  })

  test('of a name that nobody has says so', async () => {
    const progress = [
      { status: 'pulling manifest' },
      { error: 'pull model manifest: file does not exist' },
    ]
    await expect(pull({ progress })).rejects.toMatchObject({
      details: { kind: 'model', retryable: false },
      hint: expect.stringContaining('Check the name'),
    })
  })

  test('that breaks off may be gone on with', async () => {
    await expect(pull({ endAfter: 2 })).rejects.toMatchObject({
      details: { kind: 'cut', retryable: true },
    })
  })

  test('ends as soon as it is aborted, and frees the connection', async () => {
    const controller = new AbortController()
    const work = pull({ delayMs: 200 }, controller.signal)
    setTimeout(() => controller.abort(), 50)
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => server.last.closed).toBe(true)
  })
})

test('the plugin contributes what its manifest says', async () => {
  const json = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { llmspell: manifest } = JSON.parse(json) as { readonly llmspell: Manifest }
  const host = await testHost(plugin, { manifest, services: { http: openHttp() } })
  expect(host.contribution('providers', 'ollama')).toMatchObject({})
  await host.dispose()
})
