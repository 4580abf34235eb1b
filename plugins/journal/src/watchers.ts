import type { RunEvent, RunId } from '@llmspell/sdk'

/** Events that a watcher may be behind; beyond that it reads the journal again. */
const MOST = 1_000

/** What happens to a run, for one who watches. */
export class Watcher {
  #queue: RunEvent[] = []
  #wake: (() => void) | undefined
  /** Events were dropped: those that are records must be read from the journal. */
  lagging = false

  push(event: RunEvent): void {
    if (this.#queue.length >= MOST) {
      this.#queue = []
      this.lagging = true
    }
    if (!this.lagging) this.#queue.push(event)
    this.#wake?.()
  }

  take(): RunEvent[] {
    this.lagging = false
    return this.#queue.splice(0)
  }

  /** Resolves when there is something, or the signal is aborted. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#queue.length > 0 || this.lagging || signal?.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    signal?.addEventListener('abort', () => resolve(), { once: true })
    await promise
    this.#wake = undefined
  }
}

export class Watchers {
  readonly #byRun = new Map<RunId, Set<Watcher>>()

  publish(id: RunId, event: RunEvent): void {
    const watchers = this.#byRun.get(id)
    if (watchers) for (const watcher of watchers) watcher.push(event)
  }

  open(id: RunId): Watcher {
    const watcher = new Watcher()
    const watchers = this.#byRun.get(id) ?? new Set()
    this.#byRun.set(id, watchers.add(watcher))
    return watcher
  }

  close(id: RunId, watcher: Watcher): void {
    const watchers = this.#byRun.get(id)
    watchers?.delete(watcher)
    if (watchers?.size === 0) this.#byRun.delete(id)
  }
}
