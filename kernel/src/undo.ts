import type { Awaitable, Undo } from '@llmspell/sdk'

interface Entry {
  readonly label: string
  readonly undo: () => Awaitable<void>
}

/** Runs one step of a disposal; rejects if it fails. */
export type RunStep = (label: string, undo: () => Awaitable<void>) => Promise<void>

/** Labelled undo steps, run last in first out. */
export class UndoList {
  #entries: Entry[] = []

  /** Adds a step. The function returned takes it off the list again without running it. */
  add(label: string, undo: () => Awaitable<void>): Undo {
    const entry = { label, undo }
    this.#entries.push(entry)
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry)
    }
  }

  /** Adds a step that may also be run early, once. */
  once(label: string, undo: Undo): Undo {
    const remove = this.add(label, undo)
    return () => {
      remove()
      undo()
    }
  }

  /** The labels, in the order of registration. */
  labels(): readonly string[] {
    return this.#entries.map((entry) => entry.label)
  }

  /** Runs every step, strictly one after another, and returns what failed. Never rejects. */
  async run(step: RunStep): Promise<readonly unknown[]> {
    const failures: unknown[] = []
    for (let entry = this.#entries.pop(); entry; entry = this.#entries.pop()) {
      try {
        await step(entry.label, entry.undo)
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }
}
