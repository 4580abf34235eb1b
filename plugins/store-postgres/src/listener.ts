import type { Client } from 'pg'
import type { Link } from './link.ts'
import type { Tables } from './tables.ts'

const RETRY_MS = 500
const BEAT_MS = 10_000

/**
 * Hears of the commits of other processes; after each connection it asks for what it may have missed. A connection that is
 * silent is asked too: one that was cut off without a word looks the same.
 */
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
    if (this.#closed) return
    const client = new pg.Client(this.#link.client)
    this.#client = client
    const again = (): void => this.#again(client)
    client.on('error', again).on('end', again)
    client.on('notification', ({ payload }) => this.#moved(BigInt(payload!)))
    try {
      await client.connect()
      await client.query(`LISTEN ${this.#tables.channel}`)
      this.#moved(await this.#last(client), true)
      this.#beat(client)
    } catch {
      again()
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#closed = true
    this.#client = undefined
    clearTimeout(this.#timer)
    await client?.end().catch(() => undefined)
  }

  async #last(client: Client): Promise<bigint> {
    const text = `SELECT seq FROM ${this.#tables.head}`
    const { rows } = await client.query<{ seq: string }>(text)
    return BigInt(rows[0]!.seq)
  }

  #beat(client: Client): void {
    if (this.#client !== client) return
    const ask = (): void => {
      this.#last(client).then(
        (seq) => {
          this.#moved(seq)
          this.#beat(client)
        },
        () => this.#again(client),
      )
    }
    this.#timer = setTimeout(ask, BEAT_MS).unref()
  }

  #again(broken: Client): void {
    if (this.#client !== broken) return
    this.#client = undefined
    clearTimeout(this.#timer)
    void broken.end().catch(() => undefined)
    this.#timer = setTimeout(() => void this.start(), RETRY_MS).unref()
  }
}
