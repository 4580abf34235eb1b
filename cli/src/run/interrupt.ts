import { SpellError, type Progress } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'

/**
 * Ctrl-C while the host works for the script (a model answers, a tool runs) cancels the run; a second
 * one ends the process. While the script itself computes there is no handler, so that Ctrl-C ends
 * even an endless loop, which would keep a handler from being called.
 */
export class Interrupt {
  readonly #abort = new AbortController()
  readonly #working = new Set<string>()
  #listening = false

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Follows who is at work. */
  report({ who, state }: Progress): void {
    if (state === 'done' || state === 'failed') this.#working.delete(who)
    else if (state === 'started') this.#working.add(who)
    this.#listen(this.#working.size > 0)
  }

  #listen(wanted: boolean): void {
    if (wanted === this.#listening) return
    this.#listening = wanted
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      if (wanted) process.on(name, this.#cancel)
      else process.removeListener(name, this.#cancel)
    }
  }

  readonly #cancel = (): void => {
    if (this.#abort.signal.aborted) process.exit(EXIT_CODES.cancelled)
    this.#abort.abort(new SpellError('CANCELLED', 'The run was interrupted.'))
  }
}
