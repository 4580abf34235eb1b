import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { googleProvider } from '../../plugins/provider-google/src/provider.ts'
import { GoogleServer } from '../support/google-server.ts'
import type { GoogleReply } from '../support/google-server.ts'
import { openLanguageModels } from '../support/language-models.ts'
import type { Json } from '../support/wire-answer.ts'
import { failure, MODES, Probe, question, wordsOf } from './probe.ts'

let server: GoogleServer
let lab: Probe<GoogleReply>
beforeAll(async () => {
  server = await GoogleServer.start()
  const model = { provider: 'google', model: 'gemini-3.8-flash' }
  lab = new Probe(googleProvider(openLanguageModels()), server, model)
})
afterAll(() => server.close())

const TYPE = 'type.googleapis.com/google.rpc'
const because = (reason: string): Json => ({ '@type': `${TYPE}.ErrorInfo`, reason })
const wait = (retryDelay: string): Json => ({ '@type': `${TYPE}.RetryInfo`, retryDelay })
const over = (quotaId: string): Json => ({
  '@type': `${TYPE}.QuotaFailure`,
  violations: [{ quotaMetric: 'generate_content_free_tier_requests', quotaId, quotaValue: '20' }],
})

const QUOTA = 'You exceeded your current quota, please check your plan and billing details.'
const LONG =
  'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).'
const PLACE = 'User location is not supported for the API use.'

interface Said {
  readonly kind: string
  readonly retryable?: true
  readonly status: number
  readonly message: string
  readonly details?: readonly Json[]
  readonly type?: string
}

/** What the server says, and what it is to us. */
const SAID: readonly Said[] = [
  {
    kind: 'auth',
    status: 400,
    message: 'API key not valid. Please pass a valid API key.',
    details: [because('API_KEY_INVALID')],
  },
  { kind: 'auth', status: 401, message: 'Request had invalid authentication credentials.' },
  { kind: 'auth', status: 403, message: 'The caller does not have permission.' },
  {
    kind: 'quota',
    status: 429,
    message: QUOTA,
    details: [over('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), wait('35s')],
  },
  {
    kind: 'rate',
    retryable: true,
    status: 429,
    message: QUOTA,
    details: [over('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'), wait('35s')],
  },
  { kind: 'rate', retryable: true, status: 429, message: 'Resource has been exhausted.' },
  { kind: 'context', status: 400, message: LONG },
  { kind: 'model', status: 404, message: 'models/none is not found for API version v1beta' },
  { kind: 'request', status: 400, message: 'Invalid value at generation_config.temperature' },
  { kind: 'request', status: 400, message: PLACE, type: 'FAILED_PRECONDITION' },
  { kind: 'server', retryable: true, status: 500, message: 'An internal error has occurred.' },
  { kind: 'server', retryable: true, status: 503, message: 'The model is overloaded.' },
  { kind: 'timeout', retryable: true, status: 504, message: 'Deadline expired.' },
]

describe.each(MODES)('what the server refuses, by %s', (mode) => {
  test.each(SAID)('is $kind: $status $message', async (said) => {
    const { kind, retryable = false, status, message, details, type } = said
    const error = { message, ...(type === undefined ? {} : { type }) }
    const reply = { status, error, ...(details ? { details } : {}) }
    const failed = await failure(lab.ask(reply, question(), {}, mode))
    expect(failed).toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining(message.replace(/\.$/, '')),
      hint: expect.stringMatching(/./),
      provider: 'google',
      kind,
      retryable,
      status,
      request_id: 'req_1',
      provider_code: expect.stringMatching(/^[A-Z_]+$/),
      ...(details?.length === 2 ? { retry_after_ms: 35_000 } : {}),
    })
    expect(server.requests).toHaveLength(1)
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

  test.each([
    ['question', 'PROHIBITED_CONTENT', { blocked: 'PROHIBITED_CONTENT' }],
    ['answer', 'SAFETY', { finish: 'SAFETY' }],
  ])('for what is in the %s is a matter of safety', async (_name, code, reply) => {
    const error = await failure(lab.ask(reply, question(), {}, mode))
    expect(error).toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining(code),
      kind: 'safety',
      retryable: false,
      provider_code: code,
    })
  })

  test('because its model got a call wrong may be better the next time', async () => {
    const finishMessage = 'Malformed function call: call:sum{a: 1, b'
    const reply = { finish: 'MALFORMED_FUNCTION_CALL', finishMessage }
    const error = await failure(lab.ask(reply, question(), {}, mode))
    expect(error).toMatchObject({
      kind: 'malformed',
      retryable: true,
      provider_code: 'MALFORMED_FUNCTION_CALL',
    })
  })
})

describe('a stream', () => {
  const words = { text: 'one two three four five' }

  test.each([
    ['503', undefined, 'server', true],
    ['429', undefined, 'rate', true],
    ['500', undefined, 'server', true],
    ['400', undefined, 'request', false],
  ])('may hold an error: %s', async (code, _none, kind, retryable) => {
    const error = { message: 'Not now.', code }
    const said = await failure(lab.stream({ ...words, errorAfter: 2, error }))
    expect(said).toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining('Not now'),
      kind,
      retryable,
      partial: 'one two',
    })
  })

  test('may hold an error before its first word, with the time to wait', async () => {
    const error = { message: 'Not now.', code: '429' }
    const reply = { ...words, errorAfter: 0, error, details: [wait('2.5s')] }
    expect(await failure(lab.stream(reply))).toMatchObject({ kind: 'rate', retry_after_ms: 2500 })
  })

  test.each(['cutAfter', 'endAfter'])('that breaks off keeps its words: %s', async (how) => {
    const error = await failure(lab.stream({ ...words, delayMs: 10, [how]: 2 }))
    const partial = expect.stringMatching(/^one/)
    expect(error).toMatchObject({ kind: 'cut', retryable: true, partial })
  })

  test('with nonsense in it cannot be read', async () => {
    const raw = 'data: {nonsense\r\n\r\n'
    const error = await failure(lab.stream({ raw, contentType: 'text/event-stream' }))
    expect(error).toMatchObject({ kind: 'malformed' })
  })

  test('drip by drip is still an answer', async () => {
    const chunks = await lab.stream({ text: 'süß 🌍', bytewise: true, delayMs: 2 })
    expect(wordsOf(chunks)).toBe('süß 🌍')
  })
})

describe('the list of models', () => {
  const provider = googleProvider(openLanguageModels())
  const none = (): undefined => undefined
  const logger = { trace: none, debug: none, info: none, warn: none, error: none }
  const list = () =>
    provider.models!(
      { provider: 'google', model: '', baseUrl: server.baseUrl, apiKey: 'sk-lab' },
      { signal: new AbortController().signal, logger },
    )
  const verbs = (...supportedGenerationMethods: readonly string[]) => ({
    supportedGenerationMethods,
  })
  const limits = { inputTokenLimit: 1_048_576, outputTokenLimit: 65_536, thinking: true }

  test('comes page by page, without those that answer no question', async () => {
    const first = [
      { name: 'models/gemini-a', ...limits, ...verbs('generateContent', 'countTokens') },
      { name: 'models/embedding-b', ...verbs('embedContent') },
    ]
    server.reset((index) =>
      index === 0
        ? { models: first, nextPageToken: 'a/b' }
        : { models: [{ name: 'models/gemini-c' }] },
    )
    expect(await list()).toEqual([
      {
        id: 'gemini-a',
        context: 1_048_576,
        maxOutput: 65_536,
        capabilities: ['streaming', 'reasoning'],
      },
      { id: 'gemini-c' },
    ])
    const paths = server.requests.map(({ method, path }) => `${method} ${path}`)
    const start = 'GET /v1beta/models?pageSize=1000'
    expect(paths).toEqual([start, `${start}&pageToken=a%2Fb`])
    expect(server.last.headers).toMatchObject({ 'x-goog-api-key': 'sk-lab' })
  })

  test('fails as an answer does', async () => {
    const details = [because('API_KEY_INVALID')]
    server.reset(() => ({ status: 400, error: { message: 'API key not valid.' }, details }))
    expect(await failure(list())).toMatchObject({ kind: 'auth', status: 400 })
    server.reset(() => ({ raw: '{"some": "thing"}' }))
    expect(await failure(list())).toMatchObject({ kind: 'malformed' })
  })
})
