import type { CallRecord, Journal } from '@llmspell/sdk'

/** Keeps the last calls of a run in memory. */
export class MemoryJournal implements Journal {
  readonly #records: CallRecord[] = []
  readonly #size: number

  /** @param size how many calls are kept */
  constructor(size = 1000) {
    this.#size = size
  }

  append(record: CallRecord): void {
    this.#records.push(record)
    if (this.#records.length >= this.#size * 2) this.#records.splice(0, this.#size)
  }

  records(): readonly CallRecord[] {
    return this.#records.slice(-this.#size)
  }
}
