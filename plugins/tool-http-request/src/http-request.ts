import { SpellError, inputDuration, isSpellError } from '@llmspell/sdk'
import type {
  Http,
  HttpLimits,
  HttpRequest,
  Secrets,
  Tool,
  ToolCall,
  ToolOutput,
} from '@llmspell/sdk'
import { authHeaders } from './auth.ts'
import type { HttpRequestInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { readAnswer } from './read.ts'
import { payloadOf } from './payload.ts'

const MAX_BYTES = 1024 * 1024
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The tool, over the guarded client: it connects to nothing by itself. */
export function httpRequest(
  http: Http,
  secrets: Secrets,
  warn: (message: string) => void,
): Tool<HttpRequestInput> {
  return {
    validate,
    validateOutput,
    effectOf: ({ method }) => (SAFE.has(method) ? 'idempotent' : 'unsafe'),
    async execute(input, call) {
      warnOfLiterals(input, warn)
      const request = await requestOf(input, secrets, call)
      await using response = await http.request(request, call)
      return outputOf(await readAnswer(response, input, call).catch(sayMore))
    },
  }
}

async function requestOf(
  input: HttpRequestInput,
  secrets: Secrets,
  call: ToolCall,
): Promise<HttpRequest> {
  const { method, redirect, retries } = input
  const { body, type } = payloadOf(input)
  const url = urlOf(input)
  const given = input.headers ?? {}
  const own = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const typed = type === undefined || own.has('content-type') ? {} : { 'content-type': type }
  const auth = await authHeaders(input, own, url, secrets, call)
  const headers = { ...typed, ...keyed(input, own, call), ...given, ...auth }
  const limits = limitsOf(input, call)
  return {
    url,
    method,
    headers,
    redirect,
    retries,
    limits,
    ...(body === undefined ? {} : { body }),
  }
}

const REPEATED = new Set(['POST', 'PATCH'])

/** Lets the server tell a repetition from a second request. */
function keyed(
  { method, idempotency }: HttpRequestInput,
  own: ReadonlySet<string>,
  { idempotencyKey, durable = false }: ToolCall,
): { readonly 'idempotency-key'?: string } {
  const wanted = idempotency ?? (durable && REPEATED.has(method))
  if (!wanted || idempotencyKey === undefined || own.has('idempotency-key')) return {}
  return { 'idempotency-key': idempotencyKey }
}

const KEYED: readonly string[] = ['authorization', 'cookie', 'x-api-key']

/** Allowed, but what stands in a script is in its file, its journal and its logs. */
function warnOfLiterals({ headers = {} }: HttpRequestInput, warn: (message: string) => void): void {
  const found = Object.keys(headers).filter((name) => KEYED.includes(name.toLowerCase()))
  if (found.length === 0) return
  const names = found.map((name) => `'${name}'`).join(', ')
  warn(`The header ${names} was written out: name a secret by 'auth' instead.`)
}

/** As it was written, where it is no URL: the client says what is wrong with it. */
function urlOf({ url, query }: HttpRequestInput): string {
  const fields = Object.entries(query ?? {})
  if (fields.length === 0) return url
  const [, rest = url, hash = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? []
  const added = new URLSearchParams(
    fields.map(([name, value]): [string, string] => [name, String(value)]),
  )
  return `${rest}${rest.includes('?') ? '&' : '?'}${added.toString()}${hash}`
}

function limitsOf(
  { timeouts = {}, max_bytes: maxBytes }: HttpRequestInput,
  call: ToolCall,
): HttpLimits {
  const [connect, headers, idle, total] = PARTS.map((part) => timeOf(part, timeouts[part]))
  const max = maxBytes ?? (call.streamed ? undefined : MAX_BYTES)
  return {
    ...(connect === undefined ? {} : { connectMs: connect }),
    ...(headers === undefined ? {} : { headersMs: headers }),
    ...(idle === undefined ? {} : { idleMs: idle }),
    ...(total === undefined ? {} : { totalMs: total }),
    ...(max === undefined ? {} : { maxBytes: max }),
  }
}

/** What the caller of the tool can do about it. */
function sayMore(error: unknown): never {
  if (!isSpellError(error) || error.code !== 'HTTP_TOO_LARGE') throw error
  const hint = 'Raise max_bytes, or take the answer as a stream.'
  const { code, message, details, cause } = error
  throw new SpellError(code, message, { hint, details, cause })
}

const PARTS = ['connect', 'headers', 'idle', 'total'] as const

function timeOf(part: string, given: number | string | undefined): number | undefined {
  if (given === undefined) return undefined
  return inputDuration("Tool 'http-request'", `timeouts.${part}`, given, [1, 600_000])
}

function outputOf(result: Awaited<ReturnType<typeof readAnswer>>): ToolOutput {
  const { body, json, status } = result
  const text = body ?? (json === undefined ? `Status ${status}` : JSON.stringify(json, null, 2))
  const refusal = result.ok ? {} : { message: `The status of the answer is ${status}.` }
  return { result: { ...result }, text, operation: 'request', ...refusal }
}
