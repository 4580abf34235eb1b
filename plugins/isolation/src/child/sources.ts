/** Streams of this side that the host pulls. */
export class Sources {
  readonly #all = new Map<number, AsyncIterator<Uint8Array>>()
  #next = 0

  add(source: AsyncIterable<Uint8Array>): number {
    this.#all.set(this.#next, source[Symbol.asyncIterator]())
    return this.#next++
  }

  async pull(id: number): Promise<Uint8Array | null> {
    const { value, done } = (await this.#all.get(id)?.next()) ?? { done: true, value: undefined }
    if (!done) return value
    this.#all.delete(id)
    return null
  }

  drop(id: number): void {
    void this.#all.get(id)?.return?.()
    this.#all.delete(id)
  }
}
