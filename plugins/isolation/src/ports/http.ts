import type { Http, HttpLimits, HttpRequest, HttpResponse } from '@llmspell/sdk'
import { bytes, number, options, table, text } from './args.ts'
import type { Pull, Verbs } from './ports.ts'
import { keepStream, piecesOf } from './streams.ts'

const LIMITS = {
  connectMs: 'number',
  headersMs: 'number',
  idleMs: 'number',
  totalMs: 'number',
  maxBytes: 'number',
} as const
const REDIRECTS = ['follow', 'manual', 'error'] as const

/** The service `http`, as it reaches another process. */
export const HTTP: Verbs<Http> = {
  async 'http.request'(open, http, [given], pull) {
    const response = await http.request(requestOf(given, pull), open.access)
    const object = open.keep('answer', response, () => response.close())
    const { status, statusText, url, headers, redirects } = response
    return { object, status, statusText, url, headers, redirects }
  },
  'http.body': (open, _http, [id]) => keepStream(open, open.get<HttpResponse>('answer', id).body),
  async 'http.text'(open, _http, [id]) {
    const whole = await open.get<HttpResponse>('answer', id).text()
    return keepStream(open, inTurn(piecesOf(whole)))
  },
}

/** @throws TypeError for what is no request */
function requestOf(given: unknown, pull: Pull): HttpRequest {
  if (typeof given !== 'object' || given === null) throw new TypeError("'request' is no table")
  const { url, method, headers, body, stream, redirect, retries, limits } = given as Record<
    string,
    unknown
  >
  return {
    url: text(url, 'url'),
    ...(method === undefined ? {} : { method: text(method, 'method') }),
    ...(headers === undefined ? {} : { headers: texts(headers) }),
    ...(stream === undefined ? {} : { body: pulled(stream, pull) }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : bytes(body, 'body') }),
    ...(redirect === undefined ? {} : { redirect: oneOf(redirect) }),
    ...(retries === undefined ? {} : { retries: number(retries, 'retries') }),
    ...(limits === undefined ? {} : { limits: options<HttpLimits>(limits, LIMITS) }),
  }
}

function texts(value: unknown): Readonly<Record<string, string>> {
  const given = table(value, 'headers')
  for (const [name, header] of Object.entries(given)) text(header, `headers.${name}`)
  return given as Readonly<Record<string, string>>
}

function oneOf(value: unknown): (typeof REDIRECTS)[number] {
  const found = REDIRECTS.find((word) => word === value)
  if (found) return found
  throw new TypeError(`'redirect' is none of ${REDIRECTS.join(', ')}`)
}

async function* pulled(stream: unknown, pull: Pull): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await pull(stream)
    if (piece === null) return
    yield bytes(piece, 'body')
  }
}

async function* inTurn(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece)
}
