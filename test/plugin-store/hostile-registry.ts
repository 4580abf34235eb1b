import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hashes, packed, type Release } from './registry.ts'

/** What a package of the registry does, by its name. */
type Behaviour = 'plain' | 'hangs' | 'fails' | 'lies' | 'moves'

/** A registry that breaks its word. Each package has one version, which has been public for long. */
export class HostileRegistry {
  readonly origin: string
  readonly #server: Server
  readonly #packages = new Map<
    string,
    { readonly json: Release; readonly data: Buffer; readonly does: Behaviour }
  >()

  private constructor(server: Server) {
    this.#server = server
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (request: IncomingMessage, answer: ServerResponse) =>
      this.#answer(request.url ?? '', answer),
    )
  }

  static async start(): Promise<HostileRegistry> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new HostileRegistry(server)
  }

  add(json: Release, files: Readonly<Record<string, string>>, does: Behaviour): void {
    this.#packages.set(json.name, { json, data: packed(json, files), does })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(url: string, answer: ServerResponse): void {
    const [, name = '', ...rest] = url.split('/')
    const found = this.#packages.get(name)
    if (!found) return void answer.writeHead(404).end('{}')
    const { json, data, does } = found
    if (does === 'hangs') return
    if (does === 'fails') return void answer.writeHead(500).end('{}')
    if (rest[0] === 'moved') return void answer.end(packed(json, { 'index.js': 'evil' }))
    if (rest[0] !== '-') return void answer.end(JSON.stringify(this.#packument(json, data)))
    const location = `http://localhost:${new URL(this.origin).port}/${name}/moved`
    if (does === 'moves') return void answer.writeHead(302, { location }).end()
    answer.end(does === 'lies' ? packed(json, { 'index.js': 'evil' }) : data)
  }

  #packument(json: Release, data: Buffer): object {
    const { name, version } = json
    const dist = { ...hashes(data), tarball: `${this.origin}/${name}/-/${name}.tgz` }
    const time = { [version]: '2020-01-01T00:00:00.000Z' }
    return {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...json, dist } },
      time,
    }
  }
}
