import { checkSignal, overLimit } from './errors.ts'
import type { ArchiveConfig } from './generated/config.ts'

// A short text of one letter packs better than any bomb: what is this small harms nobody.
const FREE = 1024 * 1024

export interface Limits extends ArchiveConfig {
  readonly path: string
  /** Bytes of the archive. */
  readonly size: number
  readonly signal: AbortSignal
}

/** Counts what comes out of an archive, while it comes: what the archive says of itself is not asked. */
export class Meter {
  readonly #limits: Limits
  #bytes = 0
  #entries = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** @throws ARCHIVE_LIMIT */
  entry(count = 1): void {
    const { path, maxEntries } = this.#limits
    this.#entries += count
    if (this.#entries > maxEntries)
      throw overLimit(path, `${maxEntries} entries`, 'more', 'maxEntries')
  }

  /** `packed` and `unpacked`: of the part that the bytes belong to, so far. @throws ARCHIVE_LIMIT */
  bytes(count: number, packed = this.#limits.size, unpacked = this.#bytes + count): void {
    const { path, maxBytes, maxRatio, size, signal } = this.#limits
    checkSignal(signal, path)
    this.#bytes += count
    if (this.#bytes > maxBytes) throw overLimit(path, `${maxBytes} bytes`, 'more', 'maxBytes')
    const bombs = unpacked > most(packed, maxRatio) || this.#bytes > most(size, maxRatio)
    if (bombs) throw overLimit(path, `${maxRatio} bytes out of one`, 'more', 'maxRatio')
  }
}

function most(packed: number, ratio: number): number {
  return Math.max(FREE, packed * ratio)
}
