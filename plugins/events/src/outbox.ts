/** Work that begins at once and ends in the order of its beginning. */
export class Outbox {
  #last: Promise<unknown> | undefined

  /** True while something waits: what comes now has to wait behind it. */
  get busy(): boolean {
    return this.#last !== undefined
  }

  /** Everything that was under way is handed over, or has failed. */
  async empty(): Promise<void> {
    while (this.#last) await this.#last.catch(() => {})
  }

  /**
   * Hands over what was made, when all before it were handed over or have failed; gives what handing over gives.
   */
  add<T, R>(make: () => Promise<T>, hand: (made: T) => R | PromiseLike<R>): Promise<R> {
    const before = this.#last
    const made = make()
    const handed = (async () => {
      // A failure of this one must not be unheard while it waits for the others.
      await Promise.allSettled([made, before])
      // In a box: the next does not wait until there is room for this one.
      return { given: hand(await made) }
    })()
    this.#last = handed
    const left = (): void => {
      if (this.#last === handed) this.#last = undefined
    }
    handed.then(left, left)
    return handed.then(({ given }) => given)
  }
}
