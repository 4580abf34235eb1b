/** Sums of fractions are not exact. In tokens. */
const ROUNDING = 1e-9

/** Fills steadily up to its brim: in no time span are more tokens taken than its brim and what the span brings. */
export class Bucket {
  readonly #perMs: number
  readonly #brim: number
  #tokens: number
  #at: number

  /** Full at `at`. @param perMs tokens that a millisecond brings */
  constructor(perMs: number, brim: number, at: number) {
    this.#perMs = perMs
    this.#brim = brim
    this.#tokens = brim
    this.#at = at
  }

  /** Takes one token where there is one. */
  take(at: number): boolean {
    this.#fill(at)
    if (this.#tokens < 1 - ROUNDING) return false
    this.#tokens = Math.max(0, this.#tokens - 1)
    return true
  }

  /** Puts back a token that was not used. */
  give(at: number): void {
    this.#fill(at)
    this.#tokens = Math.min(this.#brim, this.#tokens + 1)
  }

  /** Milliseconds until there are as many tokens. */
  wait(at: number, tokens = 1): number {
    this.#fill(at)
    return Math.max(0, (tokens - this.#tokens) / this.#perMs)
  }

  /** True for one that nobody would tell from a new one. */
  isFull(at: number): boolean {
    this.#fill(at)
    return this.#tokens >= this.#brim
  }

  #fill(at: number): void {
    const passed = Math.max(0, at - this.#at)
    this.#tokens = Math.min(this.#brim, this.#tokens + passed * this.#perMs)
    this.#at = Math.max(this.#at, at)
  }
}
