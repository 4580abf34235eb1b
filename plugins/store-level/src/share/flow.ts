/** What one side may still send of a stream, and whether the other still wants it. */
export class Flow {
  readonly #leave = new AbortController()
  #credit = 0
  #wake: (() => void) | undefined

  get signal(): AbortSignal {
    return this.#leave.signal
  }

  grant(count: number): void {
    this.#credit += count
    this.#wake?.()
  }

  end(): void {
    this.#leave.abort()
    this.#wake?.()
  }

  /** True when one more message may be sent; false where nobody wants it. */
  async take(): Promise<boolean> {
    while (this.#credit <= 0 && !this.signal.aborted)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.signal.aborted) return false
    this.#credit--
    return true
  }
}

/** Things in the order of their coming, for one reader; what fails it comes last. */
export class Queue<T> {
  #items: T[] = []
  #over: { readonly error: Error | undefined } | undefined
  #wake: (() => void) | undefined

  get size(): number {
    return this.#items.length
  }

  add(item: T): void {
    if (this.#over) return
    this.#items.push(item)
    this.#wake?.()
  }

  end(error?: Error): void {
    this.#over ??= { error }
    this.#wake?.()
  }

  async next(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#over)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.#items.length > 0) return this.#items.shift()
    const { error } = this.#over!
    if (error) throw error
    return undefined
  }
}
