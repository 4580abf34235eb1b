/** Waiting things of several owners: the owners take turns, each with its own in order. */
export class Turns<T> {
  readonly #queues = new Map<string, T[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(owner: string, item: T): void {
    const queue = this.#queues.get(owner)
    if (queue) queue.push(item)
    else this.#queues.set(owner, [item])
    this.#size++
  }

  /** The next one; its owner goes behind all others. */
  next(): T | undefined {
    const first = this.#queues.entries().next().value
    if (!first) return undefined
    const [owner, queue] = first
    const item = queue.shift()!
    this.#queues.delete(owner)
    if (queue.length > 0) this.#queues.set(owner, queue)
    this.#size--
    return item
  }

  remove(owner: string, item: T): boolean {
    const queue = this.#queues.get(owner)
    const index = queue?.indexOf(item) ?? -1
    if (!queue || index < 0) return false
    queue.splice(index, 1)
    if (queue.length === 0) this.#queues.delete(owner)
    this.#size--
    return true
  }
}
