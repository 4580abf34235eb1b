import { SpellError } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Ctrl-C or SIGTERM cancels the run; a second one ends the process. Only for work that leaves this
 * thread free: a handler is not called while a script computes here, and would keep the signal from
 * ending the process, as it does by itself.
 */
export class Interrupt implements Disposable {
  readonly #abort = new AbortController()

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#cancel)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  [Symbol.dispose](): void {
    for (const name of SIGNALS) process.removeListener(name, this.#cancel)
  }

  readonly #cancel = (): void => {
    if (this.#abort.signal.aborted) process.exit(EXIT_CODES.cancelled)
    this.#abort.abort(new SpellError('CANCELLED', 'The run was interrupted.'))
  }
}
