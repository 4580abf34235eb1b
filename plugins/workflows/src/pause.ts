import type { Gate } from './execution.ts'
import { raced } from './stop.ts'

/** Holds executions at the next step boundary while it is closed. */
export class Pause implements Gate {
  #opened: PromiseWithResolvers<void> | undefined

  get closed(): boolean {
    return this.#opened !== undefined
  }

  close(): void {
    this.#opened ??= Promise.withResolvers()
  }

  open(): void {
    this.#opened?.resolve()
    this.#opened = undefined
  }

  async passed(signal: AbortSignal): Promise<void> {
    while (this.#opened) await raced(this.#opened.promise, signal)
  }
}
