import type { Agent, AgentOptions, ClientRequest, RequestOptions } from 'node:http'
import type { HttpConfig } from './generated/config.ts'
import type { Checked } from './resolve.ts'
import type { Target } from './target.ts'

// One address after the other, a second each: a name with a dead address still answers.
const HAPPY = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 1000 }

/** Connections that wait for the next request to the same origin at the same addresses. */
export class Pool {
  readonly #config: HttpConfig
  #plain: Agent | undefined
  #secure: Agent | undefined

  constructor(config: HttpConfig) {
    this.#config = config
  }

  /** A request that is not sent yet. It connects to one of the checked addresses, whatever DNS says by now. */
  open(target: Target, addresses: readonly Checked[], options: RequestOptions): ClientRequest {
    const { url, secure, host, port, origin } = target
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
      ...key(origin, addresses),
      ...options,
    })
  }

  /** Ends all connections. */
  close(): void {
    this.#plain?.destroy()
    this.#secure?.destroy()
  }

  #agent(secure: boolean): Agent {
    if (secure) return (this.#secure ??= keyed(new (https().Agent)(this.#options())))
    return (this.#plain ??= keyed(new (http().Agent)(this.#options())))
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

interface Keyed {
  readonly poolKey: string
}

/** By origin and addresses: two names on one machine share nothing. */
function key(origin: string, addresses: readonly Checked[]): Keyed {
  return { poolKey: `${origin} ${addresses.map((each) => each.address).join()}` }
}

function keyed(agent: Agent): Agent {
  agent.getName = (options) => (options as unknown as Keyed).poolKey
  return agent
}

function pinned(addresses: readonly Checked[]): NonNullable<RequestOptions['lookup']> {
  const all = addresses.map(({ address, family }) => ({ address, family }))
  return (_host, options, done) => {
    if (options.all) done(null, all)
    else done(null, all[0]!.address, all[0]!.family)
  }
}
