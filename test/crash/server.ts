import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that changed something, or would have. */
export interface Deed {
  /** What was asked for: `mail-1`. */
  readonly name: string
  readonly key?: string
  /** Answered from an earlier one with the same key. */
  readonly repeated: boolean
}

/**
 * The world outside: counts what is done to it, and knows an `Idempotency-Key` that it has seen. It lives in the parent,
 * so that no kill of a child touches what it knows. Each child has a world of its own by a path: `/<world>/<name>`.
 */
export class World implements AsyncDisposable {
  readonly #server: Server
  readonly #deeds = new Map<string, Deed[]>()
  url = ''

  private constructor() {
    this.#server = createServer((request, response) => {
      const [, world = '', name = ''] = decodeURIComponent(request.url ?? '').split('/')
      const header = request.headers['idempotency-key']
      request.resume()
      request.on('end', () => {
        const receipt = this.#do(world, name, Array.isArray(header) ? header[0] : header)
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ receipt }))
      })
    })
  }

  static async start(): Promise<World> {
    const world = new World()
    world.#server.listen(0, '127.0.0.1')
    await once(world.#server, 'listening')
    world.url = `http://127.0.0.1:${(world.#server.address() as AddressInfo).port}`
    return world
  }

  /** A receipt says what was done and how often by now, so that a second doing would be seen in the script's value. */
  #do(world: string, name: string, key: string | undefined): string {
    const deeds = this.deeds(world)
    const repeated = key !== undefined && deeds.some((deed) => deed.key === key)
    deeds.push({ name, repeated, ...(key === undefined ? {} : { key }) })
    return `${name}:${times(deeds, name)}`
  }

  deeds(world: string): Deed[] {
    const found = this.#deeds.get(world) ?? []
    this.#deeds.set(world, found)
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** How often a thing was really done. */
export function times(deeds: readonly Deed[], name: string): number {
  return deeds.filter((deed) => deed.name === name && !deed.repeated).length
}
