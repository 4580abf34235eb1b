const SMALL = 16
const LARGE = 4096

/** A queue in an array that is used round and round. Grows as it must, gives room back when it is empty. */
export class Ring<T> {
  #items: (T | undefined)[] = room<T>(SMALL)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow()
    // The length is a power of two.
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item
    this.#size++
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#items.length - 1)
    if (--this.#size === 0 && this.#items.length > LARGE) this.clear()
    return item
  }

  clear(): void {
    this.#items = room<T>(SMALL)
    this.#head = 0
    this.#size = 0
  }

  /** In order. */
  all(): T[] {
    const mask = this.#items.length - 1
    return Array.from({ length: this.#size }, (_, i) => this.#items[(this.#head + i) & mask]!)
  }

  #grow(): void {
    const length = this.#items.length
    const next = room<T>(length * 2)
    for (let i = 0; i < this.#size; i++) next[i] = this.#items[(this.#head + i) & (length - 1)]
    this.#items = next
    this.#head = 0
  }
}

const room = <T>(length: number): (T | undefined)[] => Array.from({ length })
