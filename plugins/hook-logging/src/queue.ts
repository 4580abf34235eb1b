import type { Entry } from './entry.ts'

/** Where text goes. */
export interface Out {
  write(text: string): Promise<void>
  close(): Promise<void>
}

export interface QueueParts {
  readonly out: Out
  /** Entries that may wait. */
  readonly most: number
  format(entry: Entry): string
  /** Told once that nothing can be written. */
  failed(error: Error): void
}

const GATHER_MS = 20
const BATCH = 500
/** How long the end waits for what is still to be written. */
const LAST_MS = 2000

/** Entries on their way out. Nobody who adds one waits: what does not fit is dropped and counted. */
export class Queue {
  readonly #parts: QueueParts
  #waiting: Entry[] = []
  #dropped = 0
  #draining: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #failed = false

  constructor(parts: QueueParts) {
    this.#parts = parts
  }

  add(entry: Entry): void {
    if (this.#waiting.length >= this.#parts.most) {
      this.#dropped++
      return
    }
    this.#waiting.push(entry)
    if (!this.#draining) this.#timer ??= setTimeout(() => void this.#drain(), GATHER_MS)
  }

  /** Writes what waits, but for no longer than two seconds. */
  async close(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, LAST_MS)
    await Promise.race([this.#drain().then(() => this.#parts.out.close()), late.promise])
    clearTimeout(timer)
  }

  #drain(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#draining ??= this.#writeAll().finally(() => (this.#draining = undefined))
    return this.#draining
  }

  async #writeAll(): Promise<void> {
    let going = true
    while (going && this.#waiting.length + this.#dropped > 0) {
      const batch = this.#waiting.splice(0, BATCH)
      const dropped = this.#dropped
      going = await this.#write(dropped > 0 ? [...batch, droppedEntry(dropped)] : batch)
      if (going) this.#dropped -= dropped
      else this.#lose(batch)
    }
  }

  async #write(batch: readonly Entry[]): Promise<boolean> {
    try {
      await this.#parts.out.write(batch.map((entry) => this.#parts.format(entry)).join(''))
      return true
    } catch (error) {
      if (!this.#failed) this.#parts.failed(error as Error)
      this.#failed = true
      return false
    }
  }

  /** What cannot be written is counted, and told when writing works again. */
  #lose(batch: readonly Entry[]): void {
    this.#dropped += batch.length + this.#waiting.length
    this.#waiting = []
  }
}

function droppedEntry(dropped: number): Entry {
  return { level: 'warn', fields: { time: Date.now(), point: 'hook-logging', dropped } }
}
