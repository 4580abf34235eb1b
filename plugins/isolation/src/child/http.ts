import type { Access, Http, HttpLimits, HttpRequest, HttpResponse } from '@llmspell/sdk'
import type { Line } from '../line/line.ts'
import { idOf } from './call.ts'
import { pulled, wholeOf } from './pulled.ts'
import type { Sources } from './sources.ts'

type Answer = Omit<HttpResponse, 'body' | 'bytes' | 'text' | 'close'> & { readonly object: number }

/** The service `http` of the host, under the grants of the call that it is used with. */
export function remoteHttp(line: Line, sources: Sources): Http {
  const request = (given: HttpRequest, access: Access): Promise<HttpResponse> =>
    ask(line, sources, given, idOf(access))
  return {
    request,
    fetch: (access, limits) => (input, init) => fetched(request, access, limits, input, init),
  }
}

async function ask(
  line: Line,
  sources: Sources,
  { body, url, ...rest }: HttpRequest,
  call: number,
): Promise<HttpResponse> {
  const plain = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const stream = plain ? undefined : sources.add(body)
  const sent = { ...rest, url: String(url), ...(plain ? { body } : { stream }) }
  try {
    return responseOf(line, call, (await line.ask('http.request', call, sent)) as Answer)
  } finally {
    if (stream !== undefined) sources.drop(stream)
  }
}

function responseOf(line: Line, call: number, { object, ...facts }: Answer): HttpResponse {
  const close = async (): Promise<void> => void (await line.ask('close', call, object))
  async function* part(verb: string): AsyncGenerator<Uint8Array> {
    yield* pulled<Uint8Array>(line, call, (await line.ask(verb, call, object)) as number)
  }
  return {
    ...facts,
    body: part('http.body'),
    bytes() {
      return wholeOf(part('http.body'))
    },
    async text() {
      return Buffer.from(await wholeOf(part('http.text'))).toString()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function fetched(
  request: (given: HttpRequest, access: Access) => Promise<HttpResponse>,
  access: Access,
  limits: HttpLimits | undefined,
  ...[input, init]: Parameters<typeof globalThis.fetch>
): Promise<Response> {
  const asked = new Request(input, init)
  const body = asked.body ? new Uint8Array(await asked.arrayBuffer()) : undefined
  const answer = await request(
    {
      url: asked.url,
      method: asked.method,
      headers: Object.fromEntries(asked.headers),
      redirect: 'manual',
      ...(body ? { body } : {}),
      ...(limits ? { limits } : {}),
    },
    access,
  )
  const { status, statusText, headers } = answer
  const empty = [101, 204, 205, 304].includes(status)
  const stream = empty ? null : ReadableStream.from(answer.body)
  return new Response(stream as ConstructorParameters<typeof Response>[0], {
    status,
    statusText,
    headers,
  })
}
