import type { Ask } from './ask.ts'

/**
 * Unsafe steps of which nobody knows whether they happened. Until that is decided of all of them no other unsafe step
 * begins: the run may have to leave memory, and would leave it in doubt as well.
 */
export class Doubts {
  readonly #open = new Set<Ask>()
  readonly #held = new Map<Ask, () => void>()
  readonly #changed: () => void

  /** @param changed called when one step more is held */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  add(ask: Ask): void {
    this.#open.add(ask)
  }

  remove(ask: Ask): void {
    if (!this.#open.delete(ask) || this.#open.size > 0) return
    const held = [...this.#held.values()]
    this.#held.clear()
    for (const go of held) go()
  }

  /** How many steps wait. */
  get held(): number {
    return this.#held.size
  }

  /** True for a step that waits until nothing is in doubt. */
  holds(ask: Ask): boolean {
    return this.#held.has(ask)
  }

  /** Resolves when nothing is in doubt any more. */
  async none(ask: Ask): Promise<void> {
    if (this.#open.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.set(ask, resolve)
    this.#changed()
    await promise
  }
}
