interface Waiting<T> {
  readonly value: T
  readonly taken: () => void
}

/** Hands values from one producer to one reader. The producer waits until each was taken. */
export class Channel<T> {
  readonly #waiting: Waiting<T>[] = []
  #ended = false
  #failure: { readonly error: unknown } | undefined
  #arrived = Promise.withResolvers<void>()

  /** Resolves when the reader has taken the value, or has left. */
  push(value: T): Promise<void> {
    if (this.#ended) return Promise.resolve()
    const taken = Promise.withResolvers<void>()
    this.#waiting.push({ value, taken: taken.resolve })
    this.#arrived.resolve()
    return taken.promise
  }

  /** How many values wait. */
  get length(): number {
    return this.#waiting.length
  }

  end(): void {
    this.#ended = true
    this.#arrived.resolve()
  }

  /** The reader gets the error after the values before it. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.end()
  }

  /** Frees a producer whose reader has left. */
  leave(): void {
    this.end()
    for (const { taken } of this.#waiting.splice(0)) taken()
  }

  async *read(): AsyncGenerator<T, void> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next) {
        next.taken()
        yield next.value
      } else if (this.#ended) {
        if (this.#failure) throw this.#failure.error
        return
      } else await this.#arrival()
    }
  }

  async #arrival(): Promise<void> {
    await this.#arrived.promise
    if (!this.#ended) this.#arrived = Promise.withResolvers()
  }
}
