/** Knows with what the texts of a set begin. */
export class Starts {
  readonly #sorted: readonly string[]
  readonly #first: ReadonlySet<string>
  readonly #longest: number

  constructor(texts: Iterable<string>) {
    this.#sorted = [...texts].sort()
    this.#first = new Set(this.#sorted.map((text) => text[0]!))
    this.#longest = this.#sorted.reduce((most, { length }) => Math.max(most, length), 0)
  }

  /** How many characters at the end of a text are the beginning of one of the set, and not yet the whole of it. */
  endOf(text: string): number {
    const from = Math.max(0, text.length - this.#longest + 1)
    for (let at = from; at < text.length; at++)
      if (this.#first.has(text[at]!) && this.#goesOn(text.slice(at))) return text.length - at
    return 0
  }

  #goesOn(text: string): boolean {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sorted[middle]! <= text) low = middle + 1
      else high = middle
    }
    return this.#sorted[low]?.startsWith(text) ?? false
  }
}
