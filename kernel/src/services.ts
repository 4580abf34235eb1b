import type { Undo } from '@llmspell/sdk'

/** The services that are provided right now, behind `provide` and `use`. */
export class ServiceRegistry {
  readonly #values = new Map<string, unknown>()

  get size(): number {
    return this.#values.size
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The service, or undefined while nobody provides it. */
  current(name: string): unknown {
    return this.#values.get(name)
  }

  set(name: string, value: unknown): Undo {
    this.#values.set(name, value)
    return () => {
      if (this.#values.get(name) === value) this.#values.delete(name)
    }
  }
}
