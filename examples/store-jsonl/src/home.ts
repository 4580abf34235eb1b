import { randomUUID } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  isSpellError,
  type SpellError,
  type StateCapabilities,
  type StateStats,
} from '@llmspell/sdk'
import {
  full,
  MAX_KEY_BYTES,
  MAX_VALUE_BYTES,
  privateFolder,
  readOnly,
  spoolTo,
  textOf,
  unavailable,
} from '@llmspell/sdk/store'
import type { Head, RowHome, Rows, Spool } from '@llmspell/sdk/store'
import { LineRows } from './line-rows.ts'
import { claim } from './lock.ts'

/** What a process that was killed may leave. */
const LEFT = /^(?:spool-|state\.jsonl\.)/

/** A folder with a file of lines, for one process at a time. */
export class LineHome implements RowHome {
  readonly id = 'jsonl'
  readonly capabilities: StateCapabilities = {
    atomic: 'store',
    snapshots: true,
    watch: 'process',
    multiProcess: false,
    durability: ['none', 'os', 'sync'],
    maxKeyBytes: MAX_KEY_BYTES,
    maxValueBytes: MAX_VALUE_BYTES,
  }
  readonly warn: (message: string) => void
  readonly #given: string
  #folder = ''
  #rows: LineRows | undefined
  #release = (): void => {}
  #readOnly = false

  constructor(folder: string, warn: (message: string) => void) {
    this.#given = folder
    this.warn = warn
  }

  get health(): StateStats['health'] {
    return this.#readOnly ? 'read-only' : 'ok'
  }

  async open({
    signal,
    readOnly: reads,
  }: {
    readonly signal: AbortSignal
    readonly readOnly: boolean
  }): Promise<Rows> {
    signal.throwIfAborted()
    this.#folder = await privateFolder(this.#given, { plugin: 'store-jsonl', allowRemote: false })
    this.#release = claim(this.#folder)
    this.#readOnly = reads
    try {
      for (const name of await readdir(this.#folder))
        if (LEFT.test(name)) await rm(join(this.#folder, name))
      this.#rows = await LineRows.open(join(this.#folder, 'state.jsonl'))
      return this.#rows
    } catch (error) {
      this.#release()
      throw isSpellError(error) ? error : unavailable(this.#folder, `'${textOf(error)}'`, error)
    }
  }

  async close(): Promise<void> {
    await this.#rows?.close()
    this.#rows = undefined
    this.#release()
  }

  async writable(): Promise<Rows> {
    if (this.#readOnly) throw readOnly(this.#folder)
    return this.#rows!
  }

  async failed(cause: unknown): Promise<SpellError> {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') return full(this.#folder, cause)
    return unavailable(this.#folder, `'${textOf(cause)}'`, cause)
  }

  spool(source: ReadableStream<Uint8Array>): Promise<Spool> {
    return spoolTo(join(this.#folder, `spool-${randomUUID()}`), source)
  }

  /** A restore fills a file of its own; only whole does it take the place of the old one. */
  async replace(fill: (rows: Rows) => Promise<Head>): Promise<Rows> {
    const file = join(this.#folder, 'state.jsonl.restore')
    const rows = await LineRows.open(file)
    try {
      await fill(rows)
      await this.#rows!.take(rows)
      return this.#rows!
    } catch (error) {
      await rows.close()
      await rm(file, { force: true })
      throw error
    }
  }
}
