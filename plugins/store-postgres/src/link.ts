import type { ClientConfig, Pool, PoolClient, QueryResult } from 'pg'
import type { Secrets } from '@llmspell/sdk'
import { Patience, serverAddress, socketOf } from '@llmspell/sdk/store'
import type { ServerAddress } from '@llmspell/sdk/store'
import { isLost, told } from './errors.ts'
import type { StorePostgresConfig } from './generated/config.ts'

export type Rows = QueryResult<Record<string, unknown>>

const NAME = 'llmspell'
const IDLE_MS = 60_000
/** The server gives up a statement first, if it can still be heard. */
const GRACE_MS = 5000

/** The connections to one database. */
export class Link {
  readonly config: StorePostgresConfig
  readonly shown: string
  readonly client: ClientConfig
  readonly patience: Patience
  readonly #pool: Pool
  readonly #views: Pool

  private constructor(
    config: StorePostgresConfig,
    address: ServerAddress,
    Pools: new (options: object) => Pool,
  ) {
    this.config = config
    this.shown = address.shown
    this.client = clientOf(config, address)
    this.patience = new Patience({ shown: this.shown, ms: config.reconnect_ms, isLost })
    const pool = (max: number): Pool => {
      const made = new Pools({ ...this.client, max, idleTimeoutMillis: IDLE_MS })
      // A connection that breaks while nobody uses it is replaced when somebody does.
      return made.on('error', () => undefined)
    }
    this.#pool = pool(config.connections)
    this.#views = pool(config.views)
  }

  static async to(config: StorePostgresConfig, secrets: Secrets | undefined): Promise<Link> {
    const kind = { name: 'postgres', schemes: ['postgres:', 'postgresql:'], secrets }
    const address = await serverAddress(config, kind)
    const { default: pg } = await import('pg')
    return new Link(config, address, pg.Pool)
  }

  /** Reads; tried again while the server is away. */
  read(text: string, values: unknown[] = []): Promise<Rows> {
    return this.patience.through(() => this.withClient((client) => client.query(text, values)))
  }

  /** Lends a connection; one that failed is not used again. */
  async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#taken(this.#pool)
    let failed: Error | undefined
    const note = (error: Error): void => void (failed = error)
    client.on('error', note)
    try {
      return await work(client)
    } catch (error) {
      failed = error as Error
      throw isLost(error) ? error : told(error, this.shown)
    } finally {
      client.off('error', note)
      client.release(failed)
    }
  }

  /** A connection for one view. Its user releases it. */
  takeView(): Promise<PoolClient> {
    return this.patience.through(() => this.#taken(this.#views))
  }

  async close(): Promise<void> {
    this.patience.close()
    await Promise.all([this.#pool.end(), this.#views.end()])
  }

  async #taken(pool: Pool): Promise<PoolClient> {
    try {
      return await pool.connect()
    } catch (error) {
      throw isLost(error) ? error : told(error, this.shown)
    }
  }
}

function clientOf(config: StorePostgresConfig, address: ServerAddress): ClientConfig {
  const { url, password, tls } = address
  const port = url.port || url.searchParams.get('port')
  const user = decodeURIComponent(url.username) || url.searchParams.get('user')
  return {
    host: socketOf(url) ?? (url.hostname || '/var/run/postgresql'),
    ...(port ? { port: Number(port) } : {}),
    ...(user ? { user } : {}),
    ...(password === undefined ? {} : { password }),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    ssl: tls ?? false,
    keepAlive: true,
    connectionTimeoutMillis: config.timeout_ms,
    statement_timeout: config.timeout_ms,
    lock_timeout: config.timeout_ms,
    query_timeout: config.timeout_ms + GRACE_MS,
    application_name: NAME,
  }
}
