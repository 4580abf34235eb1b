import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { PAGES, type Answer } from './pages.ts'

/** One request as the site saw it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
  /** The client left before the answer was whole. */
  cut: boolean
}

/** A web site on the loopback, with everything that a real one does well or badly. */
export class Site implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly seen: Seen[] = []
  /** Connections so far. */
  connects = 0
  /** The site that redirects to another origin lead to. */
  other: Site | undefined
  robots: string | undefined

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
    this.#server.on('connection', (socket) => {
      this.connects++
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    this.#server.on('clientError', (_, socket) => socket.destroy())
  }

  static async start(host = '127.0.0.1'): Promise<Site> {
    const site = new Site()
    await new Promise<void>((resolve, reject) => {
      site.#server.once('error', reject).listen(0, host, resolve)
    })
    return site
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get origin(): string {
    const { address } = this.#server.address() as AddressInfo
    return `http://${address.includes(':') ? `[${address}]` : address}:${this.port}`
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size
  }

  get last(): Seen {
    return this.seen.at(-1)!
  }

  url(path: string): string {
    return this.origin + path
  }

  reset(): void {
    this.seen.length = 0
    this.connects = 0
    this.robots = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const seen: Seen = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: '',
      cut: false,
    }
    this.seen.push(seen)
    response.on('close', () => (seen.cut = !response.writableFinished))
    for await (const piece of request) seen.body += String(piece)
    const name = path.replace(/[?#].*$/, '')
    if (name === '/robots.txt') {
      response.writeHead(this.robots === undefined ? 404 : 200, { 'content-type': 'text/plain' })
      return void response.end(this.robots ?? '')
    }
    const answer: Answer | undefined = PAGES[name]
    if (!answer) return void response.writeHead(404).end('nothing here')
    await answer({ request, response, seen, site: this })
  }
}
