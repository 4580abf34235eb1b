import { SpellError, type StateCapabilities } from '@llmspell/sdk'
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '@llmspell/sdk/store'
import type { Head, RowHome, Rows, Spool } from '@llmspell/sdk/store'
import { SortedRows } from './sorted-rows.ts'

/**
 * Where the rows live: here in this process. `RowStore` makes keys, versions, watches, snapshots and backups out of
 * rows in order; a store on a server has its connection here.
 */
export class Home implements RowHome {
  readonly id = 'my-plugin'
  readonly health = 'ok'
  readonly capabilities: StateCapabilities = {
    atomic: 'store',
    snapshots: true,
    watch: 'process',
    multiProcess: false,
    durability: ['none'],
    maxKeyBytes: MAX_KEY_BYTES,
    maxValueBytes: MAX_VALUE_BYTES,
  }
  readonly warn: (message: string) => void
  #rows = new SortedRows()

  constructor(warn: (message: string) => void) {
    this.warn = warn
  }

  async open(): Promise<Rows> {
    return this.#rows
  }

  async close(): Promise<void> {}

  async writable(): Promise<Rows> {
    return this.#rows
  }

  async failed(cause: unknown): Promise<SpellError> {
    const text = "The store 'my-plugin' could not write: expected room, found none."
    return new SpellError('STATE_FULL', text, { hint: 'Delete what is not needed.', cause })
  }

  /** Keeps a backup until it was looked through; a large one belongs into a file. */
  async spool(source: ReadableStream<Uint8Array>): Promise<Spool> {
    const chunks = await Array.fromAsync(source)
    async function* read(): AsyncGenerator<Uint8Array> {
      yield* chunks
    }
    return { read, drop: async () => void chunks.splice(0) }
  }

  /** A restore fills new rows; only whole do they take the place of the old ones. */
  async replace(fill: (rows: Rows) => Promise<Head>): Promise<Rows> {
    const rows = new SortedRows()
    await fill(rows)
    this.#rows = rows
    return rows
  }
}
