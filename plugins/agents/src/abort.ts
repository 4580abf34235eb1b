import { isSpellError, SpellError } from '@llmspell/sdk'

/** CANCELLED for one agent. */
export function cancelled(agent: string, cause?: unknown): SpellError {
  return new SpellError('CANCELLED', `Agent '${agent}' was cancelled.`, { cause })
}

/** TIMEOUT of the option `timeout`. */
export function timedOut(agent: string, ms: number): SpellError {
  return new SpellError('TIMEOUT', `Agent '${agent}' did not answer within ${ms} ms.`, {
    hint: "Raise 'timeout', or ask for less at once.",
    details: { limit: ms },
  })
}

/** Ends one execution: by its agent, its caller, its reader or a clock. The first reason stays. */
export class Stop {
  readonly #controller = new AbortController()
  readonly #clocks: NodeJS.Timeout[] = []
  readonly #agent: string
  readonly #above: AbortSignal
  #left = false
  readonly #follow = (): void => this.end(cancelReason(this.#agent, this.#above.reason))

  constructor(agent: string, above: AbortSignal) {
    this.#agent = agent
    this.#above = above
    if (above.aborted) this.#follow()
    else above.addEventListener('abort', this.#follow, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  end(reason: SpellError): void {
    this.#controller.abort(reason)
  }

  /** Ends because nobody reads the answer any more: that is no failure. */
  leave(): void {
    if (!this.signal.aborted) this.#left = true
    this.end(cancelled(this.#agent))
  }

  get left(): boolean {
    return this.#left
  }

  after(ms: number | undefined, reason: () => SpellError): void {
    if (ms === undefined) return
    this.#clocks.push(setTimeout(() => this.end(reason()), Math.min(ms, 2 ** 31 - 1)))
  }

  /** The promise, or the reason of the end if that comes first. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const { promise: ended, reject } = Promise.withResolvers<never>()
    const stop = (): void => reject(this.signal.reason as SpellError)
    if (this.signal.aborted) stop()
    this.signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([promise, ended])
    } finally {
      this.signal.removeEventListener('abort', stop)
    }
  }

  /** Frees clocks and listeners. */
  release(): void {
    for (const clock of this.#clocks) clearTimeout(clock)
    this.#above.removeEventListener('abort', this.#follow)
  }
}

function cancelReason(agent: string, reason: unknown): SpellError {
  return isSpellError(reason) ? reason : cancelled(agent, reason)
}
