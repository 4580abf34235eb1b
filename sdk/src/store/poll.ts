import type { Bell } from './bell.ts'
import type { SharedRows } from './rows.ts'

const EVERY_MS = 25

/** Looks again and again, as long as somebody waits: what other processes write rings no bell. */
export class Poll {
  readonly #bell: Bell
  readonly #moved: () => void
  #version: number | undefined
  #waiting = 0
  #timer: NodeJS.Timeout | undefined
  #failed: { readonly error: unknown } | undefined

  constructor(bell: Bell, moved: () => void) {
    this.#bell = bell
    this.#moved = moved
  }

  /** Resolves when the bell rings, or when the signal is aborted. @throws what reading the rows has thrown */
  async wait(shared: SharedRows, signal: AbortSignal): Promise<void> {
    this.#timer ??= setInterval(() => this.#look(shared), EVERY_MS)
    this.#waiting++
    await this.#bell.wait(signal)
    const failed = this.#failed
    if (--this.#waiting === 0) this.#stop()
    if (failed) throw failed.error
  }

  #look(shared: SharedRows): void {
    try {
      const version = shared.version()
      if (version === this.#version) return
      this.#version = version
      this.#moved()
    } catch (error) {
      this.#failed = { error }
    }
    this.#bell.ring()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#failed = undefined
  }
}
