/** Bytes that come in portions, taken in others. */
export class ByteSource implements AsyncDisposable {
  readonly #portions: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(portions: AsyncIterable<Uint8Array>) {
    this.#portions = portions[Symbol.asyncIterator]()
  }

  /** So many bytes, or fewer at the end. Keep the number small: they are held. */
  async take(count: number): Promise<Buffer> {
    const parts = await Array.fromAsync(this.pass(count))
    return Buffer.concat(parts)
  }

  /** So many bytes in whatever portions they come, or fewer at the end. */
  async *pass(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#rest.byteLength === 0 && !(await this.#fill())) return
      const part = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(part.byteLength)
      left -= part.byteLength
      yield part
    }
  }

  async #fill(): Promise<boolean> {
    const { done, value } = await this.#portions.next()
    if (done) return false
    this.#rest = value
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#portions.return?.()
  }
}
