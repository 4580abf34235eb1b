import type { FailureKind, ModelSettings, ProviderFailure } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { failureOf } from './failures.ts'

const model: ModelSettings = { provider: 'lab', model: 'm', baseUrl: 'http://127.0.0.1:8000/v1' }
const rules = { provider: 'lab', baseUrl: '', create: () => Promise.reject(new Error('unused')) }

interface Given {
  readonly status?: number
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
}

/** An error as the AI SDK raises it for an answer. */
function answered({ status = 400, body = {}, headers = {} }: Given): Error {
  const responseBody = typeof body === 'string' ? body : JSON.stringify(body)
  const facts = { statusCode: status, responseHeaders: headers, responseBody }
  return Object.assign(new Error('Bad Request'), facts)
}

const told = (given: Given): ProviderFailure =>
  failureOf(answered(given), model, rules).details as unknown as ProviderFailure

type Row = readonly [who: string, kind: FailureKind, status: number, body: object | string]

const openai = (message: string, code: string | null = null, type = 'invalid_request_error') => ({
  error: { message, type, code, param: null },
})
const anthropic = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
})
const google = (status: string, message: string, details: readonly object[] = []) => ({
  error: { code: 400, message, status, details },
})

const ROWS: readonly Row[] = [
  ['OpenAI', 'auth', 401, openai('Incorrect API key provided', 'invalid_api_key')],
  ['OpenAI', 'auth', 403, openai('Country not supported', 'unsupported_country_region_territory')],
  ['OpenAI', 'quota', 429, openai('You exceeded your quota', 'insufficient_quota')],
  ['OpenAI', 'quota', 400, openai('Billing hard limit', 'billing_hard_limit_reached')],
  ['OpenAI', 'rate', 429, openai('Rate limit reached for gpt-5', 'rate_limit_exceeded')],
  ['OpenAI', 'context', 400, openai('too long', 'context_length_exceeded')],
  ['OpenAI', 'safety', 400, openai('Rejected', 'content_policy_violation')],
  ['OpenAI', 'model', 404, openai('The model `x` does not exist', 'model_not_found')],
  ['OpenAI', 'model', 403, openai('No access to model', 'model_not_found')],
  ['OpenAI', 'request', 400, openai('Unsupported value', 'unsupported_value')],
  ['OpenAI', 'server', 503, openai('The engine is overloaded', null, 'server_error')],
  ['Azure', 'safety', 400, openai('The response was filtered', 'content_filter')],
  ['Azure', 'model', 404, { error: { code: 'DeploymentNotFound', message: 'No deployment' } }],
  ['Azure', 'auth', 401, { error: { code: '401', message: 'Access denied' } }],
  ['Anthropic', 'auth', 401, anthropic('authentication_error', 'invalid x-api-key')],
  ['Anthropic', 'auth', 403, anthropic('permission_error', 'Not allowed')],
  ['Anthropic', 'quota', 400, anthropic('invalid_request_error', 'Your credit balance is too low')],
  ['Anthropic', 'quota', 402, anthropic('billing_error', 'Pay')],
  ['Anthropic', 'rate', 429, anthropic('rate_limit_error', 'Too many')],
  [
    'Anthropic',
    'context',
    400,
    anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
  ],
  [
    'Anthropic',
    'context',
    400,
    anthropic('invalid_request_error', 'input length and `max_tokens` exceed context limit'),
  ],
  ['Anthropic', 'context', 413, anthropic('request_too_large', 'Too large')],
  [
    'Anthropic',
    'safety',
    400,
    anthropic('invalid_request_error', 'Output blocked by content filtering policy'),
  ],
  ['Anthropic', 'model', 404, anthropic('not_found_error', 'model: claude-9')],
  ['Anthropic', 'request', 400, anthropic('invalid_request_error', 'max_tokens: Field required')],
  ['Anthropic', 'server', 529, anthropic('overloaded_error', 'Overloaded')],
  ['Anthropic', 'server', 500, anthropic('api_error', 'Internal server error')],
  ['Anthropic', 'timeout', 504, anthropic('timeout_error', 'Timed out')],
  [
    'Google',
    'auth',
    400,
    google('INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]),
  ],
  ['Google', 'auth', 403, google('PERMISSION_DENIED', 'Denied')],
  ['Google', 'rate', 429, google('RESOURCE_EXHAUSTED', 'Resource has been exhausted')],
  ['Google', 'model', 404, google('NOT_FOUND', 'models/gemini-9 is not found for API version')],
  [
    'Google',
    'context',
    400,
    google('INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum'),
  ],
  ['Google', 'server', 503, google('UNAVAILABLE', 'The model is overloaded')],
  ['Google', 'timeout', 504, google('DEADLINE_EXCEEDED', 'Deadline expired')],
  ['Google', 'request', 400, google('INVALID_ARGUMENT', 'Unknown name "x"')],
  ['Ollama', 'model', 404, { error: "model 'x' not found" }],
  ['Ollama', 'request', 400, { error: '"x" does not support tools' }],
  [
    'vLLM',
    'context',
    400,
    { object: 'error', message: "This model's maximum context length is 1" },
  ],
  ['vLLM', 'model', 404, { object: 'error', message: 'The model `x` does not exist.', code: 404 }],
  ['vLLM', 'request', 422, { detail: [{ msg: 'Field required' }] }],
  [
    'llama.cpp',
    'context',
    400,
    { error: { code: 400, message: 'too big', type: 'exceed_context_size_error' } },
  ],
  [
    'LM Studio',
    'context',
    400,
    { error: 'The number of tokens is greater than the context length' },
  ],
  ['OpenRouter', 'quota', 402, { error: { code: 402, message: 'Insufficient credits' } }],
  [
    'OpenRouter',
    'safety',
    403,
    { error: { code: 403, message: 'Your input was flagged by moderation' } },
  ],
  ['DeepSeek', 'quota', 402, openai('Insufficient Balance', 'invalid_request_error')],
  ['xAI', 'auth', 400, { code: 'Client error', error: 'Incorrect API key provided: xa***' }],
  ['Mistral', 'auth', 401, { detail: 'Unauthorized' }],
  ['Mistral', 'model', 400, { message: 'Invalid model: x', type: 'invalid_model', code: '1500' }],
  ['Groq', 'malformed', 400, openai('Failed to call a function', 'tool_use_failed')],
  ['a proxy', 'server', 502, '<html>Bad gateway</html>'],
  ['a proxy', 'timeout', 408, ''],
  ['a proxy', 'server', 409, ''],
]

describe('what went wrong, in the words of', () => {
  test.each(ROWS)('%s: %s (%i, %j)', (_, kind, status, body) => {
    expect(told({ status, body })).toMatchObject({ provider: 'lab', kind, status })
  })
})

test('the kind says whether it may pass, with few exceptions', () => {
  expect(told({ status: 429 }).retryable).toBe(true)
  expect(told({ status: 401 }).retryable).toBe(false)
  const memory = { error: 'model requires more system memory (9 GiB) than is available' }
  expect(told({ status: 500, body: memory })).toMatchObject({ kind: 'server', retryable: false })
})

test.each([
  [openai('a', 'context_length_exceeded'), 'context_length_exceeded'],
  [anthropic('overloaded_error', 'a'), 'overloaded_error'],
  [google('RESOURCE_EXHAUSTED', 'a'), 'RESOURCE_EXHAUSTED'],
  [{ error: { code: 402, message: 'a' } }, '402'],
])('%j has a code of its own', (body, code) => {
  expect(told({ body }).provider_code).toBe(code)
})

test.each(['x-request-id', 'request-id', 'x-goog-request-id', 'apim-request-id', 'cf-ray'])(
  'the request has the name in %s',
  (header) => expect(told({ headers: { [header]: 'r1' } }).request_id).toBe('r1'),
)

test('the request may have its name in the body', () => {
  expect(told({ body: anthropic('api_error', 'a') }).request_id).toBe('req_1')
})

test('the wait is in headers, or in the body', () => {
  const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37.5s' }
  const body = google('RESOURCE_EXHAUSTED', 'a', [info])
  expect(told({ status: 429, body }).retry_after_ms).toBe(37_500)
  expect(told({ status: 429, headers: { 'retry-after': '3' } }).retry_after_ms).toBe(3000)
  expect(told({ status: 429, headers: { 'retry-after': 'soon' } }).retry_after_ms).toBeUndefined()
  for (const wait of ['-5', '-1', '0'])
    expect(told({ status: 429, headers: { 'retry-after': wait } }).retry_after_ms).toBe(0)
  expect(told({ status: 429, headers: { 'retry-after': '' } }).retry_after_ms).toBeUndefined()
})

test.each([
  ['network', 'HTTP_FAILED', ''],
  ['cut', 'HTTP_FAILED', 'half'],
  ['timeout', 'HTTP_TIMEOUT', ''],
  ['timeout', 'HTTP_TIMEOUT', 'half'],
])('%s is what a %s is after %j', (kind, code, partial) => {
  const cause = new SpellError(code, 'No.')
  const error = failureOf(new TypeError('fetch failed', { cause }), model, rules, partial)
  expect(error.details).toMatchObject({ kind, retryable: true, ...(partial ? { partial } : {}) })
})

test('an error out of a stream is plain data', () => {
  const overloaded = { type: 'overloaded_error', message: 'Overloaded' }
  expect(failureOf(overloaded, model, rules, 'half').details).toMatchObject({
    kind: 'server',
    provider_code: 'overloaded_error',
    partial: 'half',
  })
})

test('what a server says is cut short', () => {
  const error = failureOf(answered({ body: openai('a'.repeat(100_000)) }), model, rules)
  expect(error.message.length).toBeLessThan(2200)
})
