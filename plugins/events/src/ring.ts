/** A queue in an array that is used round and round. Grows up to its limit, gives room back when it is empty. */
export class Ring<T> {
  readonly limit: number
  #items: (T | undefined)[]
  #head = 0
  #size = 0

  constructor(limit: number) {
    this.limit = limit
    this.#items = new Array<T | undefined>(Math.min(16, limit))
  }

  get size(): number {
    return this.#size
  }

  get full(): boolean {
    return this.#size >= this.limit
  }

  /** The caller has looked whether there is room. */
  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow()
    this.#items[(this.#head + this.#size) % this.#items.length] = item
    this.#size++
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head = (this.#head + 1) % this.#items.length
    this.#size--
    return item
  }

  clear(): void {
    this.#items = new Array<T | undefined>(Math.min(16, this.limit))
    this.#head = 0
    this.#size = 0
  }

  #grow(): void {
    const next = new Array<T | undefined>(Math.min(this.limit, this.#items.length * 2))
    for (let i = 0; i < this.#size; i++)
      next[i] = this.#items[(this.#head + i) % this.#items.length]
    this.#items = next
    this.#head = 0
  }
}
