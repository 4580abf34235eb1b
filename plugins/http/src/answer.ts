import type { IncomingMessage } from 'node:http'
import type { HttpResponse } from '@llmspell/sdk'
import { Body } from './body.ts'
import { textOf } from './charset.ts'
import type { Deadline } from './deadline.ts'
import type { HttpConfig } from './generated/config.ts'
import { received } from './headers.ts'
import type { Target } from './target.ts'

/** An answer whose headers are there and whose body is still to be read. */
export class Answer implements HttpResponse {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly redirects: readonly string[]
  readonly body: Body
  readonly #host: string

  constructor(
    message: IncomingMessage,
    target: Target,
    redirects: readonly string[],
    deadline: Deadline,
    config: HttpConfig,
  ) {
    this.status = message.statusCode ?? 0
    this.statusText = message.statusMessage ?? ''
    this.url = target.url.href
    this.headers = received(message.rawHeaders)
    this.redirects = redirects
    this.#host = target.host
    this.body = new Body(target.host, message, deadline, config)
  }

  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const piece of this.body) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  async text(): Promise<string> {
    return textOf(this.#host, await this.bytes(), this.headers['content-type'])
  }

  close(): Promise<void> {
    return Promise.resolve(this.body.close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
