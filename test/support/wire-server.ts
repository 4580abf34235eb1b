import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Json, WireAnswer } from './wire-answer.ts'

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Json
  /** True once the other side has gone before the end. */
  closed: boolean
  /** Frames that were written. */
  frames: number
}

/** What the server does with one request: answers, fails, or misbehaves in one of several ways. */
export interface WireReply extends WireAnswer {
  readonly status?: number
  readonly error?: WireError
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
  /** ms between pieces of a few bytes, of a stream and of a whole answer. */
  readonly dripMs?: number
  /** Never answers. */
  readonly hang?: boolean
}

export interface WireError {
  readonly message: string
  readonly type?: string
  readonly code?: string
}

export type WireReplier<R extends WireReply> = (
  index: number,
  body: Json,
  path: string,
) => R | Promise<R>

/** A good answer: one JSON, or frames of a stream. */
export type Answer = { readonly json: Json } | { readonly frames: readonly Frame[] }

/** A server on the loopback that speaks one wire protocol, and misbehaves on demand. */
export abstract class WireServer<R extends WireReply> implements AsyncDisposable {
  readonly #server: Server
  readonly requests: SeenRequest[] = []
  /** Decides each reply; may be changed at any time. */
  replier: WireReplier<R>
  /** Header of an answer that names the request. */
  protected readonly requestId: string = 'x-request-id'
  /** What ends a line of a stream. */
  protected readonly newline: string = '\n'
  protected readonly streamType: string = 'text/event-stream'

  protected constructor(replier: WireReplier<R>) {
    this.replier = replier
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  /** True for an address that the protocol has. */
  protected abstract has(seen: SeenRequest): boolean
  protected abstract answer(seen: SeenRequest, reply: R): Answer
  /** Body of a failure. */
  protected abstract failure(status: number, reply: R): Json
  /** The frame that ends a stream with an error, in the place of another. */
  protected abstract errorFrame(instead: Frame, reply: R): Frame
  /** What is wrong with a request: it gets a failure in the place of the reply. */
  protected refusal(_seen: SeenRequest): R | undefined {
    return undefined
  }

  protected async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** For clients: the origin with the version of the protocol. */
  get baseUrl(): string {
    return `${this.origin}/v1`
  }

  get last(): SeenRequest {
    return this.requests.at(-1)!
  }

  /** Forgets what was asked and answers as `replier` says. */
  reset(replier: WireReplier<R>): void {
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
    const seen = await seenOf(request)
    response.on('close', () => (seen.closed = !response.writableEnded))
    this.requests.push(seen)
    if (!this.has(seen)) return this.#fail(response, 404)
    const reply =
      this.refusal(seen) ?? (await this.replier(this.requests.length - 1, seen.body, seen.path))
    if (reply.hang) return
    if (reply.raw !== undefined) return sendRaw(response, reply)
    if ((reply.status ?? 200) >= 400) return this.#fail(response, reply.status!, reply)
    const answer = this.answer(seen, reply)
    if ('frames' in answer) return this.#stream(response, reply, answer.frames, seen)
    await pause(reply.delayMs)
    if (reply.dripMs !== undefined) return this.#drip(response, answer.json, reply)
    this.#send(response, 200, answer.json, reply.headers)
  }

  #fail(response: ServerResponse, status: number, reply = {} as R): void {
    this.#send(response, status, this.failure(status, reply), reply.headers)
  }

  async #drip(response: ServerResponse, body: Json, reply: R): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/json', ...reply.headers })
    await write(response, JSON.stringify(body), reply)
    response.end()
  }

  #send(response: ServerResponse, status: number, body: Json, headers: R['headers'] = {}): void {
    const type = { 'content-type': 'application/json', [this.requestId]: 'req_1' }
    response.writeHead(status, { ...type, ...headers })
    response.end(JSON.stringify(body))
  }

  async #stream(
    response: ServerResponse,
    reply: R,
    frames: readonly Frame[],
    seen: SeenRequest,
  ): Promise<void> {
    const type = { 'content-type': this.streamType, [this.requestId]: 'req_1' }
    response.writeHead(200, { ...type, ...reply.headers }).flushHeaders()
    let held = reply.hold
    for (const frame of frames) {
      if (response.destroyed) return
      if (seen.frames === reply.cutAfter) return void response.destroy()
      if (seen.frames === reply.endAfter) return void response.end()
      if (seen.frames === reply.errorAfter)
        return void response.end(this.textOf(this.errorFrame(frame, reply)))
      await pause(reply.delayMs)
      await write(response, this.textOf(frame), reply)
      seen.frames += 1
      if (held && frame.text) {
        await held
        held = undefined
      }
    }
    response.end()
  }

  protected textOf({ event, data }: Frame): string {
    const lines = [...(event === undefined ? [] : [`event: ${event}`]), `data: ${data}`, '', '']
    return lines.join(this.newline)
  }
}

async function seenOf(request: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString()
  const { method = '', url: path = '', headers } = request
  const body = text === '' ? {} : (JSON.parse(text) as Json)
  return { method, path, headers, body, closed: false, frames: 0 }
}

function sendRaw(
  response: ServerResponse,
  { status = 200, contentType = 'application/json', headers = {}, raw }: WireReply,
): void {
  response.writeHead(status, { 'content-type': contentType, ...headers })
  response.end(raw)
}

const DROP = 16

async function write(
  response: ServerResponse,
  text: string,
  { bytewise, dripMs }: WireReply,
): Promise<void> {
  const bytes = Buffer.from(text)
  const size = bytewise ? 1 : dripMs === undefined ? bytes.length : DROP
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    await new Promise((resolve) => response.write(bytes.subarray(at, at + size), resolve))
    await pause(dripMs)
  }
}

function pause(ms = 0): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve()
}
