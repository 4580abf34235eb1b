import type { Redis } from 'ioredis'
import type { Link } from './link.ts'

const RETRY_MS = 500
const BEAT_MS = 10_000

interface ListenerOptions {
  readonly moved: (seq: bigint) => void
  /** After each connection: what may have been missed. */
  readonly back: () => Promise<void>
}

/** Hears of the commits of other processes. A connection that is silent is asked whether it still is one. */
export class Listener {
  readonly #link: Link
  readonly #options: ListenerOptions
  #client: Redis | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(link: Link, options: ListenerOptions) {
    this.#link = link
    this.#options = options
  }

  async start(): Promise<void> {
    let client: Redis | undefined
    try {
      client = await this.#link.fresh()
      if (this.#closed) return client.disconnect()
      await this.#listen(client)
      await this.#options.back()
    } catch {
      this.#again(client)
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#client?.disconnect()
  }

  async #listen(client: Redis): Promise<void> {
    this.#client = client
    client.on('message', (_, seq: string) => this.#options.moved(BigInt(seq)))
    client.once('end', () => this.#again(client))
    await client.subscribe(`${this.#link.place}:changes`)
    this.#beat(client)
  }

  #beat(client: Redis): void {
    if (this.#closed || this.#client !== client) return
    const ask = (): void => {
      client.ping().then(
        () => this.#beat(client),
        () => this.#again(client),
      )
    }
    this.#timer = setTimeout(ask, BEAT_MS).unref()
  }

  #again(broken: Redis | undefined): void {
    if (this.#client !== broken) return
    this.#client = undefined
    clearTimeout(this.#timer)
    broken?.disconnect()
    if (!this.#closed) this.#timer = setTimeout(() => void this.start(), RETRY_MS).unref()
  }
}
