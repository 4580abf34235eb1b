import { SpellError } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'

/** What each run that is under way has written. */
export class Quota {
  readonly #most: number
  readonly #written = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Before it is written: what fails counts too. @throws VALUE_TOO_LARGE */
  take(bytes: number, context: CallContext): void {
    const { runId } = context
    const written = (this.#written.get(runId) ?? 0) + bytes
    if (written > this.#most) throw this.#exceeded(written)
    if (!this.#written.has(runId)) context.onEnd(() => void this.#written.delete(runId))
    this.#written.set(runId, written)
  }

  #exceeded(found: number): SpellError {
    const max = this.#most
    return new SpellError(
      'VALUE_TOO_LARGE',
      `The run writes too much to the store: expected at most ${max} bytes, found ${found}.`,
      {
        hint: "Write less, or have the host raise 'plugins.state.max_bytes_per_run'.",
        details: { limit: 'max_bytes_per_run', max, found },
      },
    )
  }
}
