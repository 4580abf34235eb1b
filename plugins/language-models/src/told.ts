/** What the errors of the AI SDK and of Node's fetch have in common with what is looked for. */
export interface Foreign {
  readonly name?: string
  readonly message?: string
  readonly type?: string
  readonly code?: string | number | null
  readonly cause?: unknown
  readonly statusCode?: number
  readonly responseHeaders?: Readonly<Record<string, string>>
  readonly responseBody?: string
  readonly data?: unknown
}

/** What the provider itself said. */
export interface Told {
  readonly message?: string
  /** As it wrote it. */
  readonly code?: string
  /** Code, type and status together, lower case, for the table of signs. */
  readonly words: string
  /** True where it says itself that it failed. */
  readonly refused: boolean
  readonly status?: number
  readonly requestId?: string
  readonly waitMs?: number
}

/** Most characters of what a server says. */
export const MOST = 2000
const MOST_WORDS = 64
const WORD_LENGTH = 200

type Fields = Readonly<Record<string, unknown>>

const REQUEST_IDS = [
  'x-request-id',
  'request-id',
  'x-goog-request-id',
  'apim-request-id',
  'x-amzn-requestid',
  'x-generation-id',
  'cf-ray',
]

/** Reads headers and body of a failure, whatever the protocol. */
export function toldBy(error: Foreign): Told {
  const { responseHeaders: headers = {}, statusCode } = error
  const body = bodyOf(error)
  const inner = innerOf(body)
  const said = textOf(inner, 'message') ?? textOf(body, 'message', 'detail', 'error')
  const message = said?.slice(0, MOST).toWellFormed()
  const words = wordsOf(inner, body)
  const requestId = idOf(headers, body)
  const waitMs = retryAfter(headers) ?? retryDelay(inner)
  const status = statusCode ?? statusOf(inner) ?? statusOf(body)
  const code = codeOf(words)
  return {
    words: words.join(' ').toLowerCase(),
    refused: inner !== body || !(error instanceof Error),
    ...(message === undefined ? {} : { message }),
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(waitMs === undefined ? {} : { waitMs }),
  }
}

/** The body as it came, else what the SDK made of it, else the error itself: one out of a stream is plain data. */
function bodyOf(error: Foreign): Fields {
  const parsed = error.responseBody === undefined ? undefined : parsedBody(error.responseBody)
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed
  if (isFields(first)) return first
  if (isFields(error.data)) return error.data
  return error instanceof Error ? {} : { ...error }
}

function parsedBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function innerOf(body: Fields): Fields {
  const { error, response, detail } = body
  if (isFields(error)) return isFields(error['error']) ? error['error'] : error
  if (isFields(response) && isFields(response['error'])) return response['error']
  return isFields(detail) ? detail : body
}

function textOf(fields: Fields, ...keys: readonly string[]): string | undefined {
  const found = keys.map((key) => fields[key]).find((value) => typeof value === 'string' && value)
  return found as string | undefined
}

/** Most telling first: a code of OpenAI, a reason and status of Google, a type of Anthropic. */
function wordsOf(inner: Fields, body: Fields): readonly string[] {
  const { code, status, type } = inner
  const nested = isFields(inner['innererror']) ? inner['innererror']['code'] : undefined
  const all = [code, nested, ...reasonsOf(inner), status, type, body['type'], ...quotasOf(inner)]
  const words = all.filter((word) => typeof word === 'string' || typeof word === 'number')
  const short = words.slice(0, MOST_WORDS).map((word) => String(word).slice(0, WORD_LENGTH))
  return [...new Set(short)].filter((word) => word !== '' && word !== 'error')
}

/** A number alone says no more than the status does. */
function codeOf(words: readonly string[]): string | undefined {
  return words.find((word) => !/^\d+$/.test(word)) ?? words[0]
}

function reasonsOf({ details, metadata }: Fields): readonly unknown[] {
  const rows: readonly unknown[] = Array.isArray(details) ? details : [metadata]
  return rows.map((row) => (isFields(row) ? row['reason'] : undefined))
}

/** Which of its quotas Google says is used up: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
function quotasOf({ details }: Fields): readonly unknown[] {
  const rows: readonly unknown[] = Array.isArray(details) ? details : []
  const violations = rows.flatMap((row) => (isFields(row) ? row['violations'] : []))
  return violations.map((violation) => (isFields(violation) ? violation['quotaId'] : undefined))
}

function statusOf({ code, status, statusCode }: Fields): number | undefined {
  return [statusCode, status, code].map(Number).find((number) => number >= 400 && number < 600)
}

function idOf(headers: Readonly<Record<string, string>>, body: Fields): string | undefined {
  const name = REQUEST_IDS.find((key) => headers[key])
  return name === undefined ? textOf(body, 'request_id')?.slice(0, WORD_LENGTH) : headers[name]
}

/** Both headers that servers use: milliseconds, then seconds or a date. */
function retryAfter(
  headers: Readonly<Record<string, string>>,
  now = Date.now(),
): number | undefined {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(ms)) return Math.max(0, Math.round(ms))
  const text = headers['retry-after']
  if (text === undefined) return undefined
  const seconds = text.trim() === '' ? NaN : Number(text)
  const wait = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1000
  return Number.isFinite(wait) ? Math.max(0, Math.round(wait)) : undefined
}

/** Google says it in the body: `{ "@type": ".../RetryInfo", "retryDelay": "37.5s" }`. */
function retryDelay({ details }: Fields): number | undefined {
  const rows: readonly unknown[] = Array.isArray(details) ? details : []
  const delay = rows.map((row) => (isFields(row) ? row['retryDelay'] : undefined)).find(Boolean)
  const [, seconds] = /^([\d.]+)s$/.exec(String(delay)) ?? []
  const ms = Math.round(Number(seconds) * 1000)
  return Number.isFinite(ms) ? ms : undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
