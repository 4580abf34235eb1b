import { raced } from './stop.ts'

/** A bounded queue: who puts waits while it is full, who takes while it is empty. */
export class Channel<T> {
  readonly #size: number
  readonly #items: { readonly item: T }[] = []
  #closed = false
  #room: PromiseWithResolvers<void> | undefined
  #more: PromiseWithResolvers<void> | undefined

  constructor(size: number) {
    this.#size = size
  }

  async put(item: T, signal: AbortSignal): Promise<void> {
    while (this.#items.length >= this.#size) {
      this.#room ??= Promise.withResolvers()
      await raced(this.#room.promise, signal)
    }
    this.#items.push({ item })
    this.#wake()
  }

  /** Undefined at the end. */
  async take(signal: AbortSignal): Promise<{ readonly item: T } | undefined> {
    while (this.#items.length === 0) {
      if (this.#closed) return undefined
      this.#more ??= Promise.withResolvers()
      await raced(this.#more.promise, signal)
    }
    const taken = this.#items.shift()
    this.#room?.resolve()
    this.#room = undefined
    return taken
  }

  /** Nothing more will be put. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  #wake(): void {
    this.#more?.resolve()
    this.#more = undefined
  }
}
