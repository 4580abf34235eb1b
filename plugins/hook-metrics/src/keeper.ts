import type { Logger } from '@llmspell/sdk'
import type { Files } from './files.ts'
import type { Store } from './store.ts'

/** Writes what has come, one line at a time: whoever asks meanwhile shares the next. */
export class Keeper {
  readonly #files: Files
  readonly #store: Store
  readonly #logger: Logger
  #last = Promise.resolve()
  #waiting: Promise<void> | undefined
  #told = false

  constructor(files: Files, store: Store, logger: Logger) {
    this.#files = files
    this.#store = store
    this.#logger = logger
  }

  /** Never rejects: what could not be written waits for the next time. */
  write(): Promise<void> {
    if (this.#waiting) return this.#waiting
    const begin = (): Promise<void> => {
      this.#waiting = undefined
      return this.#write()
    }
    this.#waiting = this.#last = this.#last.then(begin)
    return this.#waiting
  }

  async #write(): Promise<void> {
    const fresh = this.#store.fresh()
    if (fresh.counters.length + fresh.histograms.length === 0) return
    try {
      await this.#files.append(fresh)
      this.#store.written(fresh)
    } catch (error) {
      if (!this.#told) this.#logger.warn(`Metrics cannot be kept: ${(error as Error).message}`)
      this.#told = true
    }
  }
}
