import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Durability, Secrets, StateCapabilities, StateStats } from '@llmspell/sdk'
import { MAX_KEY_BYTES, MAX_VALUE_BYTES, spoolTo } from '@llmspell/sdk/store'
import type {
  Batch,
  Head,
  RowOp,
  RowWrites,
  ServerHome,
  ServerRows,
  Spool,
} from '@llmspell/sdk/store'
import { nothingThere, readOnly } from './errors.ts'
import { factsOf } from './facts.ts'
import type { StoreRedisConfig } from './generated/config.ts'
import { Link } from './link.ts'
import { Listener } from './listener.ts'
import { RedisRows } from './redis-rows.ts'
import { FORGET, MAKE } from './scripts.ts'
import { Turns } from './turns.ts'

export interface RedisHomeOptions {
  readonly config: StoreRedisConfig
  readonly secrets?: Secrets | undefined
  readonly warn: (message: string) => void
}

const NO_HASH = Buffer.alloc(32)

/** Keys of one prefix on a server. */
export class RedisHome implements ServerHome {
  readonly id = 'redis'
  readonly health: StateStats['health'] = 'ok'
  readonly warn: (message: string) => void
  readonly #options: RedisHomeOptions
  readonly #writer = randomUUID()
  #durability: readonly Durability[] = ['none', 'os', 'sync']
  #warned: string | undefined
  #readOnly = false
  #link: Link | undefined
  #turns: Turns | undefined
  #rows: RedisRows | undefined
  #listener: Listener | undefined

  constructor(options: RedisHomeOptions) {
    this.#options = options
    this.warn = options.warn
  }

  get capabilities(): StateCapabilities {
    return {
      atomic: 'store',
      snapshots: true,
      watch: 'store',
      multiProcess: true,
      durability: this.#durability,
      maxKeyBytes: MAX_KEY_BYTES,
      maxValueBytes: MAX_VALUE_BYTES,
    }
  }

  get rows(): ServerRows & RowWrites {
    return this.#rows!
  }

  async open(options: Parameters<ServerHome['open']>[0]): Promise<void> {
    options.signal.throwIfAborted()
    const { config, secrets } = this.#options
    const link = await Link.to(config, secrets)
    this.#link = link
    this.#readOnly = options.readOnly
    this.#turns = new Turns(link, this.#writer)
    this.#rows = new RedisRows(link, (ops) => this.#write(ops))
    await this.#ask(link)
    const made = await link.run(MAKE, options.readOnly ? 1 : 0, randomUUID(), NO_HASH)
    if (made !== 1) throw nothingThere(config.prefix)
    this.#listener = this.#listenerTo(link, options.moved)
    await this.#listener.start()
  }

  async close(): Promise<void> {
    this.#listener?.close()
    const link = this.#link
    this.#link = undefined
    if (this.#turns?.used) await link?.once(FORGET, this.#writer).catch(() => undefined)
    await link?.close()
  }

  head(): Promise<Head> {
    return this.#turns!.head()
  }

  async commit(batch: Batch): Promise<void> {
    await this.#writable().commit(batch)
  }

  spool(source: ReadableStream<Uint8Array>): Promise<Spool> {
    return spoolTo(join(tmpdir(), `llmspell-restore-${randomUUID()}`), source)
  }

  async replace(
    fill: (old: ServerRows, rows: RowWrites, head: Head) => Promise<Head>,
  ): Promise<void> {
    await this.#writable().replace(randomUUID(), (write, head) => fill(this.rows, { write }, head))
  }

  async #write(ops: readonly RowOp[]): Promise<void> {
    await this.commit({ needs: [], sync: true, plan: (_, head) => ({ ops, head }) })
  }

  #writable(): Turns {
    if (this.#readOnly) throw readOnly(this.#link!.shown)
    return this.#turns!
  }

  /** A server that was away may have lost changes, or be set up otherwise. */
  #listenerTo(link: Link, moved: (seq: bigint, anew?: boolean) => void): Listener {
    const back = async (): Promise<void> => {
      await this.#ask(link)
      moved((await this.head()).seq, true)
    }
    return new Listener(link, { moved, back })
  }

  async #ask(link: Link): Promise<void> {
    const { durability, warning } = await factsOf(link)
    this.#durability = durability
    if (warning !== undefined && warning !== this.#warned) this.warn(warning)
    this.#warned = warning
  }
}
