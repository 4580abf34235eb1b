import { isSpellError } from '@llmspell/sdk'
import type { Access, HttpLimits, HttpRequest, HttpResponse } from '@llmspell/sdk'
import { redirectRefused } from './errors.ts'
import type { Client } from './client.ts'
import { locationOf } from './redirect.ts'

type Fetch = typeof globalThis.fetch
type Sent = Pick<HttpRequest, 'body'> & { readonly type?: string | null }

const BODILESS = new Set([101, 204, 205, 304])

/**
 * A fetch over the guarded client. A redirect is an answer like any other, or an error where the caller wants
 * one. Failures of the network are a TypeError with the SpellError as cause, as callers of fetch expect.
 */
export function fetchOf(client: Client, access: Access, limits: HttpLimits = {}): Fetch {
  return async (input, init = {}) => {
    const request = input instanceof Request ? input : undefined
    const own = init.signal ?? request?.signal
    own?.throwIfAborted()
    const signal = joined([access.signal, own])
    try {
      const asked = await requestOf(input, init, limits)
      const answer = await client.request(asked, { ...access, ...(signal ? { signal } : {}) })
      if (init.redirect === 'error' && locationOf(answer.status, answer.headers['location'])) {
        await answer.close()
        throw redirectRefused(new URL(answer.url).hostname, 'none is to be followed')
      }
      return responseOf(answer, asked.method === 'HEAD', own)
    } catch (error) {
      throw asFetchError(error, own)
    }
  }
}

function joined(signals: readonly (AbortSignal | null | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined && signal !== null)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}

async function requestOf(
  input: Parameters<Fetch>[0],
  init: RequestInit,
  limits: HttpLimits,
): Promise<HttpRequest & { readonly method: string }> {
  const request = input instanceof Request ? input : undefined
  const headers = Object.fromEntries(new Headers(init.headers ?? request?.headers))
  const { body, type } = bodyOf(init.body ?? request?.body)
  if (type && !headers['content-type']) headers['content-type'] = type
  const method = (init.method ?? request?.method ?? 'GET').toUpperCase()
  const url = request ? request.url : (input as string | URL)
  return {
    url,
    method,
    headers,
    limits,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  }
}

function bodyOf(body: RequestInit['body']): Sent {
  if (body === null || body === undefined) return {}
  if (typeof body === 'string') return { body, type: 'text/plain;charset=UTF-8' }
  if (ArrayBuffer.isView(body))
    return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) }
  if (body instanceof ReadableStream) return { body: body as AsyncIterable<Uint8Array> }
  // Forms, blobs and the like: Node knows how they are written.
  const written = new Response(body as ConstructorParameters<typeof Response>[0])
  const stream = written.body as AsyncIterable<Uint8Array> | null
  return { ...(stream ? { body: stream } : {}), type: written.headers.get('content-type') }
}

function responseOf(answer: HttpResponse, head: boolean, own: AbortSignal | undefined): Response {
  const { status, statusText } = answer
  const empty = head || BODILESS.has(status)
  if (empty) void answer.close()
  const body = empty ? null : streamOf(answer, own)
  const response = new Response(body, { status, statusText, headers: headersOf(answer) })
  Object.defineProperty(response, 'url', { value: answer.url })
  return response
}

function headersOf({ headers }: HttpResponse): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value.split('\n').map((each): [string, string] => [name, each]),
  )
}

/** Pulled: while nobody reads, nothing is taken from the connection. */
function streamOf(answer: HttpResponse, own: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const pieces = answer.body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          controller.error(asFetchError(error, own))
        }
      },
      cancel: () => answer.close(),
    },
    { highWaterMark: 0 },
  )
}

function asFetchError(error: unknown, own: AbortSignal | null | undefined): unknown {
  if (own?.aborted) return own.reason
  const network = isSpellError(error) && /^HTTP_(?:FAILED|TIMEOUT)$/.test(error.code)
  return network ? new TypeError('fetch failed', { cause: error }) : error
}
