import { SpellError } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Ctrl-C or SIGTERM leaves a durable run; a second one ends the process, which loses nothing either. While the script
 * computes, the first one does: no handler is called then.
 */
export class Leaving implements Disposable {
  /** Rejects with CANCELLED when the run has been left. */
  readonly left: Promise<never>
  readonly #leave: () => Promise<void>
  readonly #reject: (error: SpellError) => void
  #asked = false
  #depth = 0

  constructor(leave: () => Promise<void>) {
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.left = promise
    this.#leave = leave
    this.#reject = reject
    this.#listen()
  }

  get asked(): boolean {
    return this.#asked
  }

  /** A stretch of computing, without handlers: they would keep the signals from ending the process. */
  readonly compute = <T>(stretch: () => T): T => {
    if (this.#depth++ === 0) this.#deafen()
    try {
      return stretch()
    } finally {
      if (--this.#depth === 0) this.#listen()
    }
  };

  [Symbol.dispose](): void {
    // What computes still listens no more at its end.
    this.#depth++
    this.#deafen()
  }

  #listen(): void {
    for (const name of SIGNALS) process.on(name, this.#onSignal)
  }

  #deafen(): void {
    for (const name of SIGNALS) process.removeListener(name, this.#onSignal)
  }

  readonly #onSignal = (): void => {
    if (this.#asked) process.exit(EXIT_CODES.cancelled)
    this.#asked = true
    const error = new SpellError('CANCELLED', 'The run was interrupted.')
    void this.#leave().finally(() => this.#reject(error))
  }
}
