import { SpellError } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Ctrl-C or SIGTERM leaves a durable run; a second one ends the process, which loses nothing either. */
export class Leaving implements Disposable {
  /** Rejects with CANCELLED when the run has been left. */
  readonly left: Promise<never>
  readonly #leave: () => Promise<void>
  readonly #reject: (error: SpellError) => void
  #asked = false

  constructor(leave: () => Promise<void>) {
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.left = promise
    this.#leave = leave
    this.#reject = reject
    for (const name of SIGNALS) process.on(name, this.#onSignal)
  }

  get asked(): boolean {
    return this.#asked
  }

  [Symbol.dispose](): void {
    for (const name of SIGNALS) process.removeListener(name, this.#onSignal)
  }

  readonly #onSignal = (): void => {
    if (this.#asked) process.exit(EXIT_CODES.cancelled)
    this.#asked = true
    const error = new SpellError('CANCELLED', 'The run was interrupted.')
    void this.#leave().finally(() => this.#reject(error))
  }
}
