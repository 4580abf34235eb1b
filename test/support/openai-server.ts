import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chat, responses } from './openai-wire.ts'
import type { Frame, WireAnswer } from './openai-wire.ts'

/** One request as the server saw it. */
export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
  /** True once the other side has gone before the end. */
  closed: boolean
  /** Frames that were written. */
  frames: number
}

/** What the server does with one request: answers, fails, or misbehaves in one of several ways. */
export interface ServerReply extends WireAnswer {
  readonly status?: number
  readonly error?: { readonly message: string; readonly type?: string; readonly code?: string }
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, with `contentType`, instead of an answer. */
  readonly raw?: string
  readonly contentType?: string
  /** ms before each frame of a stream, or before the whole answer. */
  readonly delayMs?: number
  /** After the first frame with text nothing more is sent until this resolves. */
  readonly hold?: Promise<unknown>
  /** The connection is broken after so many frames. */
  readonly cutAfter?: number
  /** The stream ends, cleanly but too early, after so many frames. */
  readonly endAfter?: number
  /** After so many frames an error frame ends the stream. */
  readonly errorAfter?: number
  /** Frames are written byte by byte, so that characters are torn apart. */
  readonly bytewise?: boolean
  /** Never answers. */
  readonly hang?: boolean
}

export type Replier = (
  index: number,
  body: Readonly<Record<string, unknown>>,
  path: string,
) => ServerReply | Promise<ServerReply>

/** A server on the loopback that speaks chat completions and the Responses API. */
export class OpenAIServer implements AsyncDisposable {
  readonly #server: Server
  readonly requests: SeenRequest[] = []
  /** Decides each reply; may be changed at any time. */
  replier: Replier = () => ({ text: 'Hello there, world.' })

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  static async start(replier?: Replier): Promise<OpenAIServer> {
    const server = new OpenAIServer()
    if (replier) server.replier = replier
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** For clients: the origin with `/v1`. */
  get baseUrl(): string {
    return `${this.origin}/v1`
  }

  get last(): SeenRequest {
    return this.requests.at(-1)!
  }

  /** Forgets what was asked and answers as `replier` says. */
  reset(replier: Replier): void {
    this.requests.length = 0
    this.replier = replier
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const path = request.url ?? ''
    const seen: SeenRequest = { path, headers: request.headers, body, closed: false, frames: 0 }
    response.on('close', () => (seen.closed = !response.writableEnded))
    this.requests.push(seen)
    const protocol = { '/v1/chat/completions': chat, '/v1/responses': responses }[path]
    if (!protocol || request.method !== 'POST') return sendError(response, { status: 404 })
    const reply = await this.replier(this.requests.length - 1, body, path)
    if (reply.hang) return
    if (reply.raw !== undefined) return sendRaw(response, reply)
    if (reply.status !== undefined && reply.status >= 400) return sendError(response, reply)
    const model = String(body['model'])
    if (body['stream'] === true)
      return sendFrames(response, reply, protocol.frames(reply, model), seen)
    await pause(reply.delayMs)
    send(response, 200, protocol.body(reply, model), reply.headers)
  }
}

async function bodyOf(request: IncomingMessage): Promise<SeenRequest['body']> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString()
  return text === '' ? {} : (JSON.parse(text) as SeenRequest['body'])
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: ServerReply['headers'] = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-request-id': 'req_1',
    ...headers,
  })
  response.end(JSON.stringify(body))
}

function sendRaw(
  response: ServerResponse,
  { status = 200, contentType = 'application/json', headers = {}, raw }: ServerReply,
): void {
  response.writeHead(status, { 'content-type': contentType, ...headers })
  response.end(raw)
}

function sendError(response: ServerResponse, { status = 500, error, headers }: ServerReply): void {
  const { message = `Status ${status}`, type = 'error', code = null } = error ?? {}
  send(response, status, { error: { message, type, code, param: null } }, headers)
}

async function sendFrames(
  response: ServerResponse,
  reply: ServerReply,
  frames: readonly Frame[],
  seen: SeenRequest,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'x-request-id': 'req_1',
    ...reply.headers,
  })
  response.flushHeaders()
  let held = reply.hold
  for (const frame of frames) {
    if (response.destroyed) return
    if (seen.frames === reply.cutAfter) return void response.destroy()
    if (seen.frames === reply.endAfter) return void response.end()
    if (seen.frames === reply.errorAfter) return void response.end(textOf(errorFrame(frame)))
    await pause(reply.delayMs)
    await write(response, frame, reply)
    seen.frames += 1
    if (held && frame.text) {
      await held
      held = undefined
    }
  }
  response.end()
}

function errorFrame({ event }: Frame): Frame {
  const error = { code: 'overloaded', message: 'The engine is overloaded.', param: null }
  if (event === undefined)
    return { data: JSON.stringify({ error: { ...error, type: 'server_error' } }) }
  return { event: 'error', data: JSON.stringify({ type: 'error', sequence_number: 99, ...error }) }
}

function textOf({ event, data }: Frame): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`
}

async function write(
  response: ServerResponse,
  frame: Frame,
  { bytewise }: ServerReply,
): Promise<void> {
  const bytes = Buffer.from(textOf(frame))
  if (!bytewise) return void response.write(bytes)
  for (const byte of bytes) {
    await new Promise((resolve) => response.write(Buffer.from([byte]), resolve))
  }
}

function pause(ms = 0): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve()
}
