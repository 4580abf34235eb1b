import type { ToolCall } from '@llmspell/sdk'

const EVERY = 16 * 1024 * 1024

/** Tells how far the work is, each 16 MiB. */
export class Pace {
  readonly #call: ToolCall
  readonly #text: string
  readonly #total: number | undefined
  #done = 0
  #told = 0

  constructor(call: ToolCall, text: string, total?: number) {
    this.#call = call
    this.#text = text
    this.#total = total
  }

  /** Bytes so far. */
  get done(): number {
    return this.#done
  }

  add(bytes: number): void {
    this.#done += bytes
    if (this.#done - this.#told < EVERY) return
    this.#told = this.#done
    this.#call.progress(this.#done, this.#total, this.#text)
  }
}
