import type { RunId } from '@llmspell/sdk'
import { resume } from './resume.ts'
import type { Runs } from './runs.ts'
import type { StoredRun } from './store.ts'

interface Asleep {
  readonly undo: () => void
  readonly over: Promise<void>
  readonly wake: () => void
}

/** Runs that wait outside of memory: of each a timer is left, and whoever waits for its end goes on waiting. */
export class Passive {
  readonly #runs: Runs
  readonly #asleep = new Map<RunId, Asleep>()
  #closed = false

  constructor(runs: Runs) {
    this.#runs = runs
  }

  get size(): number {
    return this.#asleep.size
  }

  /** Resolves when the run is in memory again, or nobody here carries it out any more. */
  over(id: RunId): Promise<void> | undefined {
    return this.#asleep.get(id)?.over
  }

  /** Wakes it in its time, where runs go on by themselves. */
  keep({ row, due, deadline }: StoredRun): void {
    const { recovers, timers } = this.#runs
    const { runId, status } = row
    if (this.#closed || !recovers || status !== 'waiting' || this.#asleep.has(runId)) return
    const { promise: over, resolve: wake } = Promise.withResolvers<void>()
    const go = (): void => void this.#wake(runId)
    const undos = [
      due && timers.when(due, go),
      deadline === undefined ? undefined : timers.at(deadline, go),
    ]
    this.#asleep.set(runId, { undo: () => undos.forEach((undo) => undo?.()), over, wake })
  }

  drop(id: RunId): void {
    const asleep = this.#asleep.get(id)
    if (!asleep) return
    this.#asleep.delete(id)
    asleep.undo()
    asleep.wake()
  }

  /** From here on nothing wakes. */
  close(): void {
    this.#closed = true
    for (const id of this.#asleep.keys()) this.drop(id)
  }

  async #wake(id: RunId): Promise<void> {
    try {
      const stored = await this.#runs.find(id)
      if (stored?.row.status === 'waiting') await resume(this.#runs, id, {})
    } catch (error) {
      this.#runs.host.logger.error(`Run '${id}' does not wake: ${String(error)}`)
    } finally {
      this.drop(id)
    }
  }
}
