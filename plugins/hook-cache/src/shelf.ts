import { now } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

export interface ShelfLimits {
  readonly entries: number
  readonly bytes: number
  readonly ttlMs: number
}

interface Kept {
  readonly value: Value
  readonly bytes: number
  readonly until: number
}

/** One of the answers may take this share of the room. */
const LARGEST = 0.1
/** Of an entry, beside its value: its key and its place in the table. */
const OVERHEAD = 200

/** Answers in memory, within all limits; what was not used for the longest time goes first. */
export class Shelf {
  readonly #limits: ShelfLimits
  readonly #kept = new Map<string, Kept>()
  #bytes = 0
  #dropped = 0

  constructor(limits: ShelfLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#kept.size
  }
  get bytes(): number {
    return this.#bytes
  }
  get dropped(): number {
    return this.#dropped
  }

  get(key: string): Value | undefined {
    const kept = this.#kept.get(key)
    if (!kept) return undefined
    this.#remove(key, kept)
    if (kept.until <= now()) return undefined
    this.#add(key, kept)
    return kept.value
  }

  /** False where it is too large. */
  put(key: string, value: Value): boolean {
    const bytes = OVERHEAD + sizeOf(value)
    const old = this.#kept.get(key)
    if (old) this.#remove(key, old)
    if (bytes > this.#limits.bytes * LARGEST) return false
    this.#add(key, { value, bytes, until: now() + this.#limits.ttlMs })
    while (this.#kept.size > this.#limits.entries || this.#bytes > this.#limits.bytes) {
      const [oldest, kept] = this.#kept.entries().next().value!
      this.#remove(oldest, kept)
      this.#dropped++
    }
    return true
  }

  delete(key: string): void {
    const kept = this.#kept.get(key)
    if (kept) this.#remove(key, kept)
  }

  clear(): void {
    this.#kept.clear()
    this.#bytes = 0
  }

  #add(key: string, kept: Kept): void {
    this.#kept.set(key, kept)
    this.#bytes += kept.bytes
  }

  #remove(key: string, kept: Kept): void {
    this.#kept.delete(key)
    this.#bytes -= kept.bytes
  }
}

/** Bytes that a value takes at most, roughly. */
function sizeOf(value: Value | undefined): number {
  if (typeof value === 'string') return 2 * value.length + 16
  if (value === null || typeof value !== 'object') return 16
  if (value instanceof Uint8Array) return value.byteLength + 64
  return Object.entries(value as Record<string, Value>).reduce(
    (sum, [name, item]) => sum + 2 * name.length + 16 + sizeOf(item),
    32,
  )
}
