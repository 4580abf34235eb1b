import { now, sleep } from '@llmspell/sdk'

const MOST_HOSTS = 1000

/** When each host may be visited again: shared by all calls, so that two runs are not twice as fast. */
export class Rate {
  readonly #next = new Map<string, number>()

  /** Waits for the turn, and takes it. @param gap ms between two visits */
  async turn(host: string, gap: number, signal: AbortSignal): Promise<void> {
    const at = Math.max(now(), this.#next.get(host) ?? 0)
    this.#next.delete(host)
    this.#next.set(host, at + gap)
    if (this.#next.size > MOST_HOSTS) this.#forget()
    const wait = at - now()
    if (wait > 0) await sleep(wait, signal)
    signal.throwIfAborted()
  }

  #forget(): void {
    const oldest = this.#next.keys().next().value
    if (oldest !== undefined) this.#next.delete(oldest)
  }
}
