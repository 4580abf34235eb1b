import type { Agent, AgentOptions, ClientRequest, RequestOptions } from 'node:http'
import { urlRefused } from './errors.ts'
import type { HttpConfig } from './generated/config.ts'
import { byProxy, type Road } from './proxy.ts'
import type { Checked } from './resolve.ts'
import { targetOf, type Target } from './target.ts'

// One address after the other, a second each: a name with a dead address still answers.
const HAPPY = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 1000 }

/** Connections that wait for the next request to the same origin at the same addresses. */
export class Pool {
  readonly #config: HttpConfig
  readonly #proxy: URL | undefined
  #plain: Agent | undefined
  #secure: Agent | undefined

  /** @throws HTTP_URL for a proxy that is no address */
  constructor(config: HttpConfig) {
    this.#config = config
    this.#proxy = config.proxy === undefined ? undefined : targetOf(config.proxy).url
    if (this.#proxy?.protocol === 'https:')
      throw urlRefused(this.#proxy.origin, 'a proxy by http://host:port', 'https')
  }

  /** Whether the other end of a connection is a proxy. */
  get proxied(): boolean {
    return this.#proxy !== undefined
  }

  /** A request that is not sent yet. It connects to one of the checked addresses, whatever DNS says by now. */
  open(target: Target, addresses: readonly Checked[], options: RequestOptions): ClientRequest {
    const { url, secure, host, port, origin } = target
    const road = { poolKey: keyOf(origin, addresses), addresses }
    const module = secure ? https() : http()
    return module.request({
      protocol: url.protocol,
      host,
      port,
      path: `${url.pathname}${url.search}`,
      maxHeaderSize: this.#config.headerBytes,
      insecureHTTPParser: false,
      ...HAPPY,
      lookup: pinned(addresses),
      agent: this.#agent(secure),
      ...road,
      ...options,
    })
  }

  /** Ends all connections. */
  close(): void {
    this.#plain?.destroy()
    this.#secure?.destroy()
  }

  #agent(secure: boolean): Agent {
    if (secure) return (this.#secure ??= this.#prepared(new (https().Agent)(this.#options()), true))
    return (this.#plain ??= this.#prepared(new (http().Agent)(this.#options()), false))
  }

  #prepared(agent: Agent, secure: boolean): Agent {
    agent.getName = (options) => (options as unknown as Road).poolKey
    if (this.#proxy) byProxy(agent, this.#proxy, secure)
    return agent
  }

  #options(): AgentOptions {
    const { sockets, keepAliveMs } = this.#config
    return {
      keepAlive: true,
      timeout: keepAliveMs,
      maxSockets: sockets,
      maxTotalSockets: sockets * 4,
      maxFreeSockets: 8,
      scheduling: 'lifo',
    }
  }
}

const http = (): typeof import('node:http') => process.getBuiltinModule('node:http')
const https = (): typeof import('node:https') => process.getBuiltinModule('node:https')

/** By origin and addresses: two names on one machine share nothing. */
function keyOf(origin: string, addresses: readonly Checked[]): string {
  return `${origin} ${addresses.map((each) => each.address).join()}`
}

function pinned(addresses: readonly Checked[]): NonNullable<RequestOptions['lookup']> {
  const all = addresses.map(({ address, family }) => ({ address, family }))
  return (_host, options, done) => {
    if (options.all) done(null, all)
    else done(null, all[0]!.address, all[0]!.family)
  }
}
