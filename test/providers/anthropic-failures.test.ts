import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anthropicProvider } from '../../plugins/provider-anthropic/src/provider.ts'
import { AnthropicServer } from '../support/anthropic-server.ts'
import type { AnthropicReply } from '../support/anthropic-server.ts'
import { openLanguageModels } from '../support/language-models.ts'
import { failure, MODES, Probe, question, SUM, wordsOf } from './probe.ts'

let server: AnthropicServer
let lab: Probe<AnthropicReply>
beforeAll(async () => {
  server = await AnthropicServer.start()
  const model = { provider: 'anthropic', model: 'claude-haiku-4-5' }
  lab = new Probe(anthropicProvider(openLanguageModels()), server, model)
})
afterAll(() => server.close())

const LOW =
  'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.'
const OVER =
  'input length and `max_tokens` exceed context limit: 199000 + 8192 > 204698, decrease input length or `max_tokens` and try again'

/** What the server says, and what it is to us. */
const SAID: readonly (readonly [
  kind: string,
  retryable: boolean,
  status: number,
  message: string,
])[] = [
  ['auth', false, 401, 'invalid x-api-key'],
  ['auth', false, 403, 'Your API key does not have permission to use the specified resource.'],
  ['quota', false, 400, LOW],
  ['quota', false, 402, 'There is an issue with your billing or payment information.'],
  ['model', false, 404, 'model: claude-none'],
  ['context', false, 400, 'prompt is too long: 208310 tokens > 200000 maximum'],
  ['context', false, 400, OVER],
  ['context', false, 413, 'Request exceeds the maximum size'],
  ['request', false, 400, 'messages.0.content.0: unexpected field'],
  ['rate', true, 429, 'This request would exceed your rate limit.'],
  ['server', true, 500, 'Internal server error'],
  ['server', true, 529, 'Overloaded'],
  ['timeout', true, 504, 'Request timed out.'],
]

describe.each(MODES)('what the server refuses, by %s', (mode) => {
  test.each(SAID)('is %s (again? %s): %i %s', async (kind, retryable, status, message) => {
    const error = await failure(lab.ask({ status, error: { message } }, question(), {}, mode))
    expect(error).toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining(message.replace(/\.$/, '')),
      hint: expect.stringMatching(/./),
      provider: 'anthropic',
      kind,
      retryable,
      status,
      request_id: 'req_1',
      provider_code: expect.stringMatching(/_error$|_too_large$/),
    })
    expect(server.requests).toHaveLength(1)
  })

  test('is waited for as long as it says', async () => {
    const headers = { 'retry-after': '7' }
    const error = await failure(lab.ask({ status: 429, headers }, question(), {}, mode))
    expect(error).toMatchObject({ kind: 'rate', retry_after_ms: 7000 })
  })

  test('is one attempt for each call, however often it comes', async () => {
    const storm = () => failure(lab.ask({ status: 429 }, question(), {}, mode))
    for (const error of [await storm(), await storm(), await storm()]) {
      expect(error).toMatchObject({ kind: 'rate' })
      expect(server.requests).toHaveLength(1)
    }
  })
})

describe.each(MODES)('an answer that is none, by %s', (mode) => {
  const page = { raw: '<html>Login</html>', contentType: 'text/html' }
  const wrong = mode === 'stream' ? 'application/json' : 'text/event-stream'
  test.each([
    ['a page', page],
    ['half a JSON', { raw: '{"half', contentType: 'application/json' }],
    ['another JSON', { raw: '{"some": "thing"}' }],
    ['of another type', { raw: '{}', contentType: wrong }],
  ])('cannot be read: %s', async (_name, reply) => {
    const error = await failure(lab.ask(reply, question(), {}, mode))
    expect(error).toMatchObject({ code: 'PROVIDER_FAILED', kind: 'malformed', retryable: false })
  })

  test('held back by the server is a matter of safety', async () => {
    const error = await failure(lab.ask({ finish: 'refusal' }, question(), {}, mode))
    expect(error).toMatchObject({ code: 'PROVIDER_FAILED', kind: 'safety', retryable: false })
  })
})

describe('a stream', () => {
  const words = { text: 'one two three four five' }

  test.each([
    ['overloaded_error', 'server', true],
    ['rate_limit_error', 'rate', true],
    ['api_error', 'server', true],
    ['invalid_request_error', 'request', false],
  ])('may hold an error: %s', async (type, kind, retryable) => {
    const error = { message: 'Not now.', type }
    const said = await failure(lab.stream({ ...words, errorAfter: 5, error }))
    expect(said).toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining('Not now'),
      kind,
      retryable,
      partial: 'one two',
    })
  })

  test('may hold an error before its first word', async () => {
    expect(await failure(lab.stream({ ...words, errorAfter: 0 }))).toMatchObject({
      kind: 'server',
      retryable: true,
    })
  })

  test.each(['cutAfter', 'endAfter'])('that breaks off keeps its words: %s', async (how) => {
    const error = await failure(lab.stream({ ...words, delayMs: 10, [how]: 5 }))
    const partial = expect.stringMatching(/^one/)
    expect(error).toMatchObject({ kind: 'cut', retryable: true, partial })
  })

  test('with nonsense in it cannot be read', async () => {
    const raw = 'event: message_start\ndata: {nonsense\n\n'
    const error = await failure(lab.stream({ raw, contentType: 'text/event-stream' }))
    expect(error).toMatchObject({ kind: 'malformed' })
  })

  test('drip by drip is still an answer', async () => {
    const chunks = await lab.stream({ text: 'süß 🌍', bytewise: true, delayMs: 2 })
    expect(wordsOf(chunks)).toBe('süß 🌍')
  })

  test('with half the arguments of a call never calls', async () => {
    const toolCalls = [{ name: 'sum', arguments: '{"a": 1, ' }]
    const chunks = await lab.stream({ toolCalls }, question({ tools: [SUM] }))
    expect(chunks.map(({ type }) => type)).toEqual(['tool_call_invalid', 'finish'])
  })
})

describe('the list of models', () => {
  const provider = anthropicProvider(openLanguageModels())
  const none = (): undefined => undefined
  const logger = { trace: none, debug: none, info: none, warn: none, error: none }
  const list = () =>
    provider.models!(
      { provider: 'anthropic', model: '', baseUrl: server.baseUrl, apiKey: 'sk-lab' },
      { signal: new AbortController().signal, logger },
    )
  const yes = { supported: true }
  const first = {
    id: 'claude-a',
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: { thinking: yes, image_input: yes, pdf_input: { supported: false } },
  }

  test('comes page by page, with what each can do', async () => {
    server.reset((index) =>
      index === 0 ? { models: [first], more: true } : { models: [{ id: 'claude-b' }] },
    )
    expect(await list()).toEqual([
      {
        id: 'claude-a',
        context: 1_000_000,
        maxOutput: 128_000,
        capabilities: ['streaming', 'tools', 'reasoning', 'image'],
      },
      { id: 'claude-b' },
    ])
    const paths = server.requests.map(({ method, path }) => `${method} ${path}`)
    expect(paths).toEqual([
      'GET /v1/models?limit=1000',
      'GET /v1/models?limit=1000&after_id=claude-a',
    ])
    expect(server.last.headers).toMatchObject({ 'x-api-key': 'sk-lab' })
  })

  test('fails as an answer does', async () => {
    server.reset(() => ({ status: 401, error: { message: 'invalid x-api-key' } }))
    expect(await failure(list())).toMatchObject({ kind: 'auth', status: 401, request_id: 'req_1' })
    server.reset(() => ({ raw: '{"some": "thing"}' }))
    expect(await failure(list())).toMatchObject({ kind: 'malformed' })
  })
})
