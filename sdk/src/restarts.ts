/** So often a hook script is started again in a window of time. */
export const MOST_RESTARTS = 3
export const WINDOW_MS = 600_000

/** When something was started again: not too often in a window, and again when the window has passed. */
export class Restarts {
  #times: readonly number[] = []

  /** How many of them fall into the window. */
  count(now: number): number {
    return this.#times.filter((time) => now - time < WINDOW_MS).length
  }

  allows(now: number): boolean {
    return this.count(now) < MOST_RESTARTS
  }

  add(now: number): void {
    this.#times = [...this.#times, now].slice(-MOST_RESTARTS)
  }
}
