/** A producer of the moment is held back while this many wait. */
const WAITING = 64

/** Chunks on their way from a step to the one reader of its stream. */
export class Relay<T> implements AsyncIterable<T> {
  readonly #queue: T[] = []
  readonly #left = Promise.withResolvers<undefined>()
  #over = false
  #flows = false
  #failure: { readonly error: unknown } | undefined
  #arrived = Promise.withResolvers<void>()
  #read = Promise.withResolvers<void>()

  /** Resolves when the reader leaves. */
  get left(): Promise<undefined> {
    return this.#left.promise
  }

  /** Never waits: what a journal holds comes at once. */
  push(chunk: T): void {
    if (!this.#over) this.#queue.push(chunk)
    this.#arrived.resolve()
  }

  /** Resolves when the reader is not far behind. */
  async room(): Promise<void> {
    while (this.#queue.length >= WAITING && !this.#over && !this.#flows) await this.#read.promise
  }

  /** Its reader waits for its end: from here on nothing is held back. */
  flow(): void {
    this.#flows = true
    this.#read.resolve()
  }

  end(): void {
    this.#over = true
    this.#arrived.resolve()
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
    this.end()
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.#next(), return: () => this.#leave() }
  }

  async #next(): Promise<IteratorResult<T>> {
    while (this.#queue.length === 0 && !this.#over) {
      await this.#arrived.promise
      this.#arrived = Promise.withResolvers()
    }
    if (this.#queue.length > 0) {
      const value = this.#queue.shift()!
      this.#read.resolve()
      this.#read = Promise.withResolvers()
      return { done: false, value }
    }
    if (this.#failure) throw this.#failure.error
    return { done: true, value: undefined }
  }

  async #leave(): Promise<IteratorResult<T>> {
    this.#over = true
    this.#queue.length = 0
    this.#left.resolve(undefined)
    this.#read.resolve()
    this.#arrived.resolve()
    return { done: true, value: undefined }
  }
}
