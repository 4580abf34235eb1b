import { SpellError } from '@llmspell/sdk'
import { Fn, type Frame, type Item } from './items.ts'

const FRAME_BYTES = 64
const NAME_BYTES = 32

/**
 * The memory of a session. What a script makes counts until the session ends, the frame of a call until the call ends:
 * a hard limit without a collector of our own.
 */
export class Arena {
  readonly #limit: number
  #bytes = 1024

  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @returns the same item. @throws MEMORY_LIMIT */
  made<T extends Item>(item: T): T {
    this.room(ownSize(item))
    return item
  }

  /** Room for a frame. @returns the undo */
  frame(frame: Frame, names: number): () => void {
    const bytes = FRAME_BYTES + NAME_BYTES * names
    this.room(bytes)
    return () => {
      if (!frame.kept) this.#bytes -= bytes
    }
  }

  /** Room for what came from the host. @throws MEMORY_LIMIT */
  room(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.#limit) return
    throw new SpellError('MEMORY_LIMIT', `The script needs more than ${this.#limit} bytes.`, {
      hint: 'Make less, or give it more with --max-memory.',
    })
  }
}

/** Bytes of an item without its parts: these were counted when they were made. */
function ownSize(item: Item): number {
  if (typeof item === 'string') return 16 + item.length * 2
  if (typeof item !== 'object' || item === null) return 0
  if (item instanceof Uint8Array) return 16 + item.length
  if (item instanceof Fn) return FRAME_BYTES
  if (Array.isArray(item)) return 16 + item.length * 8
  return Object.keys(item).reduce((sum, key) => sum + 16 + key.length * 2, 16)
}

/** Bytes of an item with all its parts. */
export function wholeSize(item: Item): number {
  if (typeof item !== 'object' || item === null || item instanceof Uint8Array) return ownSize(item)
  if (item instanceof Fn) return 0
  return Object.values(item).reduce<number>((sum, part) => sum + wholeSize(part), ownSize(item))
}
