import { now } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'

/** The longest wait of a timer, in ms. */
const MOST = 2 ** 31 - 1

/** The time of one node, from its making. Keeps no process alive. */
export class Clock {
  readonly #startedAt = now()
  #controller: AbortController | undefined
  #timer: NodeJS.Timeout | undefined

  /** In ms. */
  get elapsed(): number {
    return now() - this.#startedAt
  }

  /** Absent where the time is not limited. */
  get signal(): AbortSignal | undefined {
    return this.#controller?.signal
  }

  /** Aborts its signal once so much has passed since the start. */
  limit(ms: number, reason: () => SpellError): void {
    const controller = (this.#controller ??= new AbortController())
    clearTimeout(this.#timer)
    const left = Math.min(Math.max(0, ms - this.elapsed), MOST)
    this.#timer = setTimeout(() => controller.abort(reason()), left)
    this.#timer.unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
