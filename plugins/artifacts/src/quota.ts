import { tooLarge } from './errors.ts'

export interface Limits {
  readonly maxBytes: number
  readonly maxTotalBytes: number
}

/** Bytes of one artifact that is being stored. */
export interface Account {
  /** @throws ARTIFACT_TOO_LARGE */
  add(bytes: number): void
  /** It is stored now. */
  keep(): void
  /** Nothing of it is kept, or it was there already. */
  drop(): void
}

/** How long a count of the folder is believed: other processes store there too. */
const FRESH_MS = 60_000

/** Counts bytes while they come, so that no limit is passed on the way. */
export class Quota {
  readonly #limits: Limits
  readonly #sizes: () => Promise<readonly number[]>
  #stored = 0
  #coming = 0
  #countedAt = -Infinity

  constructor(limits: Limits, sizes: () => Promise<readonly number[]>) {
    this.#limits = limits
    this.#sizes = sizes
  }

  async open(name: string): Promise<Account> {
    if (performance.now() - this.#countedAt > FRESH_MS) await this.#count()
    let bytes = 0
    const add = (more: number): void => {
      bytes += more
      this.#coming += more
      const { maxBytes, maxTotalBytes } = this.#limits
      if (bytes > maxBytes) throw tooLarge(name, maxBytes, 'maxBytes')
      if (this.#stored + this.#coming > maxTotalBytes)
        throw tooLarge(name, maxTotalBytes, 'maxTotalBytes')
    }
    const drop = (): void => {
      this.#coming -= bytes
      bytes = 0
    }
    const keep = (): void => {
      this.#stored += bytes
      drop()
    }
    return { add, keep, drop }
  }

  /** Counts the folder again before the next one. */
  forget(): void {
    this.#countedAt = -Infinity
  }

  async #count(): Promise<void> {
    const sizes = await this.#sizes()
    this.#stored = sizes.reduce((sum, size) => sum + size, 0)
    this.#countedAt = performance.now()
  }
}
