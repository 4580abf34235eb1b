import { createHash } from 'node:crypto'
import type { Redis, RedisOptions } from 'ioredis'
import type { Secrets } from '@llmspell/sdk'
import { Patience, serverAddress, socketOf } from '@llmspell/sdk/store'
import type { ServerAddress } from '@llmspell/sdk/store'
import { isLost, told } from './errors.ts'
import type { StoreRedisConfig } from './generated/config.ts'

type Options = Omit<RedisOptions, 'replyMapping'>

export type Argument = string | Buffer | number

const PORT = 6379

/** The connection to one server. It is made anew when it is needed, never beside. */
export class Link {
  readonly config: StoreRedisConfig
  readonly shown: string
  readonly patience: Patience
  /** Begins all keys. In braces, so that they belong together wherever keys are dealt out. */
  readonly place: string
  readonly #options: Options
  #client: Promise<Redis> | undefined

  private constructor(config: StoreRedisConfig, address: ServerAddress) {
    this.config = config
    this.shown = address.shown
    this.place = `{${config.prefix}}`
    this.patience = new Patience({ shown: this.shown, ms: config.reconnect_ms, isLost })
    this.#options = optionsOf(config, address)
  }

  static async to(config: StoreRedisConfig, secrets: Secrets | undefined): Promise<Link> {
    const schemes = ['redis:', 'rediss:']
    const kind = { name: 'redis', schemes, secured: 'rediss:', secrets }
    return new Link(config, await serverAddress(config, kind))
  }

  /** Runs a script; again while the server is away, so it must do no harm twice. */
  run(script: string, ...given: readonly Argument[]): Promise<unknown> {
    return this.patience.through(() => this.once(script, ...given))
  }

  once(script: string, ...given: readonly Argument[]): Promise<unknown> {
    return this.#asked((client) => evaluated(client, script, [1, this.place, ...given]))
  }

  /** The answer as text. */
  ask(command: string, ...given: readonly string[]): Promise<unknown> {
    return this.patience.through(() => this.#asked((client) => client.call(command, [...given])))
  }

  /** A connection of its own, for who listens. It does not come back by itself. */
  async fresh(): Promise<Redis> {
    const { Redis: Client } = await import('ioredis')
    const client = new Client(this.#options)
    let failed: unknown
    client.on('error', (error) => (failed = error))
    try {
      await client.connect()
      return client
    } catch (error) {
      client.disconnect()
      throw failed ?? error
    }
  }

  async close(): Promise<void> {
    this.patience.close()
    const client = await this.#client?.catch(() => undefined)
    client?.disconnect()
  }

  async #asked<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    let client: Redis | undefined
    try {
      client = await this.#connected()
      return await work(client)
    } catch (error) {
      if (!isLost(error)) throw told(error, this.shown)
      // What does not answer in time may never again.
      client?.disconnect()
      throw error
    }
  }

  #connected(): Promise<Redis> {
    if (this.#client) return this.#client
    const made = this.fresh()
    const over = (): void => void (this.#client === made && (this.#client = undefined))
    made.then((client) => client.once('end', over), over)
    return (this.#client = made)
  }
}

async function evaluated(client: Redis, script: string, given: Argument[]): Promise<unknown> {
  const sha = shaOf(script)
  try {
    return await client.callBuffer('EVALSHA', [sha, ...given])
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error
    return client.callBuffer('EVAL', [script, ...given])
  }
}

const SHAS = new Map<string, string>()

function shaOf(script: string): string {
  const known = SHAS.get(script)
  if (known !== undefined) return known
  // The name that the server gives to a script.
  const made = createHash('sha1').update(script).digest('hex')
  SHAS.set(script, made)
  return made
}

function optionsOf(config: StoreRedisConfig, address: ServerAddress): Options {
  const { url, password, tls } = address
  const path = socketOf(url)
  const port = url.port === '' ? PORT : Number(url.port)
  const host = url.hostname.replace(/^\[|\]$/g, '') || 'localhost'
  const username = decodeURIComponent(url.username)
  return {
    ...(path === undefined ? { host, port } : { path }),
    ...(username === '' ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls } : {}),
    db: Number(/^\/(\d+)$/.exec(url.pathname)?.[1] ?? 0),
    protocol: 2,
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => null,
    connectionName: 'llmspell',
    connectTimeout: config.timeout_ms,
    commandTimeout: config.timeout_ms,
  }
}
