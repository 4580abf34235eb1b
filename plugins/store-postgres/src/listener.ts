import type { Client, ClientConfig } from 'pg'
import type { Link } from './link.ts'
import type { Tables } from './tables.ts'

const RETRY_MS = 500

/** Hears of the commits of other processes; after each connection it asks for what it may have missed. */
export class Listener {
  readonly #link: Link
  readonly #tables: Tables
  readonly #moved: (seq: bigint, anew?: boolean) => void
  #client: Client | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(link: Link, tables: Tables, moved: (seq: bigint, anew?: boolean) => void) {
    this.#link = link
    this.#tables = tables
    this.#moved = moved
  }

  async start(): Promise<void> {
    const { default: pg } = await import('pg')
    const config: ClientConfig = { ...this.#link.client, statement_timeout: false }
    const client = new pg.Client(config)
    let over = false
    const again = (): void => {
      if (!over) this.#again()
      over = true
    }
    client.on('error', again).on('end', again)
    client.on('notification', ({ payload }) => this.#moved(BigInt(payload!)))
    this.#client = client
    try {
      await client.connect()
      await client.query(`LISTEN ${this.#tables.channel}`)
      const { rows } = await client.query<{ seq: string }>(`SELECT seq FROM ${this.#tables.head}`)
      this.#moved(BigInt(rows[0]!.seq), true)
    } catch {
      again()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#client?.end().catch(() => undefined)
  }

  #again(): void {
    const broken = this.#client
    void broken?.end().catch(() => undefined)
    if (!this.#closed) this.#timer = setTimeout(() => void this.start(), RETRY_MS).unref()
  }
}
