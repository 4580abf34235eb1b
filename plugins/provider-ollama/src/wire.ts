import type {
  Access,
  Http,
  HttpLimits,
  HttpRequest,
  HttpResponse,
  ModelCallOptions,
  ModelSettings,
} from '@llmspell/sdk'
import { OLLAMA, urlOf } from './address.ts'
import { failureOf, malformed, refused } from './failures.ts'

const MIB = 1024 * 1024
const MINUTE = 60_000
/** A model may be loaded for minutes before its first word. The whole is the caller's business. */
const LIMITS: HttpLimits = {
  headersMs: 15 * MINUTE,
  idleMs: 10 * MINUTE,
  totalMs: 120 * MINUTE,
  maxBytes: 32 * MIB,
}
const LINE_BYTES = MIB
const ERROR_BYTES = 64 * 1024

export type Fields = Readonly<Record<string, unknown>>

/** One question to one server. */
export interface Line {
  readonly http: Http
  readonly model: ModelSettings
  readonly options: ModelCallOptions
}

/** One JSON document. @throws PROVIDER_FAILED, CANCELLED */
export async function ask(line: Line, path: string, body?: Fields): Promise<Fields> {
  await using response = await send(line, path, body)
  try {
    return parsed(await response.text(), line.model)
  } catch (error) {
    throw failureOf(error, line, 'cut')
  }
}

/** Lines of JSON as they come; a reader that leaves frees the connection. @throws PROVIDER_FAILED, CANCELLED */
export async function* askLines(
  line: Line,
  path: string,
  body: Fields,
  limits?: HttpLimits,
): AsyncGenerator<Fields> {
  await using response = await send(line, path, body, limits)
  try {
    for await (const text of linesOf(response.body, line.model)) yield parsed(text, line.model)
  } catch (error) {
    throw failureOf(error, line, 'cut')
  }
}

async function send(
  line: Line,
  path: string,
  body: Fields | undefined,
  limits: HttpLimits = {},
): Promise<HttpResponse> {
  const { http, model, options } = line
  try {
    options.signal.throwIfAborted()
    const access = { ...(options.access ?? ownAccess(model)), signal: options.signal }
    const response = await http.request(requestOf(model, path, body, limits), access)
    if (response.status === 200) return response
    throw refused(response, await startOf(response), model)
  } catch (error) {
    throw failureOf(error, line)
  }
}

function requestOf(
  model: ModelSettings,
  path: string,
  body: Fields | undefined,
  limits: HttpLimits,
): HttpRequest {
  const key = model.apiKey
  return {
    url: urlOf(model, path),
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined || key === '' ? {} : { authorization: `Bearer ${key}` }),
    },
    redirect: 'manual',
    limits: { ...LIMITS, ...limits },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}

/** Where a host calls without saying more: to the base URL, wherever that is, and nowhere else. */
function ownAccess({ provider, baseUrl = OLLAMA }: ModelSettings): Access {
  const { origin } = new URL(baseUrl)
  const grants = [
    { holder: 'plugin provider-ollama', allow: { net: [origin], 'net-private': [origin] } },
  ]
  return { subject: `Provider '${provider}'`, grants, root: process.cwd() }
}

/** Not the whole of an error: it may have no end. */
async function startOf(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length > ERROR_BYTES) break
  }
  await response.close()
  return text.slice(0, ERROR_BYTES)
}

async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  model: ModelSettings,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    // The line so far is not searched again with each piece of it.
    const lines = decoder.decode(bytes, { stream: true }).split('\n')
    lines[0] = rest + lines[0]!
    rest = lines.pop()!
    if (rest.length > LINE_BYTES) throw malformed(model, 'lines of at most 1 MiB', 'more')
    yield* lines.filter((each) => each.trim() !== '')
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield rest
}

function parsed(text: string, model: ModelSettings): Fields {
  try {
    const value: unknown = JSON.parse(text)
    if (isTable(value)) return value
  } catch {
    // What it is instead is said below.
  }
  throw malformed(model, 'a JSON object', `'${text.slice(0, 80).toWellFormed()}'`)
}

export function isTable(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
