import type { Where } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import type { WasmMemory } from './wasm.ts'

const PAGE = 65_536
const MAX_PAGES = 32_768

/** The memory limit of a session: exact, because the binary asks here for every growth. */
export class Heap {
  readonly #limit: number
  /** A growth was refused, and it is not known yet what Lua made of it. */
  refused = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @returns false where the limit forbids it */
  grow(memory: WasmMemory, bytes: number): boolean {
    const pages = Math.ceil(bytes / PAGE)
    const most = Math.min(Math.floor(this.#limit / PAGE), MAX_PAGES)
    this.refused ||= pages > most
    if (pages > most) return false
    const now = memory.buffer.byteLength / PAGE
    memory.grow(Math.max(pages, Math.min(Math.ceil(now * 1.2), most)) - now)
    return true
  }

  exhausted(where?: Where): SpellError {
    const megabytes = Math.round(this.#limit / 104_857.6) / 10
    return new SpellError('MEMORY_LIMIT', `The script used up its memory of ${megabytes} MB.`, {
      hint: 'Keep less in memory at a time, or allow more.',
      details: { memoryBytes: this.#limit },
      where,
    })
  }
}
