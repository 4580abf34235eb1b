import type { RunId } from '@llmspell/sdk'

/** One piece of work at a time for each run. */
export class Alone {
  readonly #working = new Map<RunId, Promise<unknown>>()

  async run<T>(id: RunId, work: () => Promise<T>): Promise<T> {
    while (this.#working.has(id)) await this.#working.get(id)
    const working = work()
    const done = working.then(
      () => {},
      () => {},
    )
    this.#working.set(id, done)
    try {
      return await working
    } finally {
      this.#working.delete(id)
    }
  }
}
