import type { StateCapabilities } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '@llmspell/sdk/store'
import type { Head, RowHome, Rows, Spool } from '@llmspell/sdk/store'
import { MemoryRows } from './memory-rows.ts'

/** The place of a store that ends with its process; closing it does not empty it. */
export class MemoryHome implements RowHome {
  readonly id = 'memory'
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
  #rows = new MemoryRows()

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
    const text = "The store 'memory' could not write: expected room, found none."
    return new SpellError('STATE_FULL', text, { hint: 'Delete what is not needed.', cause })
  }

  async spool(source: ReadableStream<Uint8Array>): Promise<Spool> {
    const chunks = await Array.fromAsync(source)
    async function* read(): AsyncGenerator<Uint8Array> {
      yield* chunks
    }
    return { read, drop: async () => void chunks.splice(0) }
  }

  async replace(fill: (rows: Rows) => Promise<Head>): Promise<Rows> {
    const rows = new MemoryRows()
    await fill(rows)
    this.#rows = rows
    return rows
  }
}
