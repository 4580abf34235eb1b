import type { SpellError } from '@llmspell/sdk'

const LONGEST = 2 ** 31 - 1

/** Ends one piece of work: by who holds it, by what is above, or by a clock. The first reason stays. */
export class Stop {
  readonly #controller = new AbortController()
  readonly #above: readonly AbortSignal[]
  readonly #unfollow: (() => void)[] = []

  constructor(...above: readonly (AbortSignal | undefined)[]) {
    this.#above = above.filter((signal) => signal !== undefined)
    for (const signal of this.#above) this.#follow(signal)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  end(reason: unknown): void {
    this.#controller.abort(reason)
  }

  after(ms: number | undefined, reason: () => SpellError): void {
    if (ms === undefined) return
    const clock = setTimeout(() => this.end(reason()), Math.min(ms, LONGEST))
    this.#unfollow.push(() => clearTimeout(clock))
  }

  /** Frees clocks and listeners. */
  release(): void {
    for (const undo of this.#unfollow.splice(0)) undo()
  }

  #follow(signal: AbortSignal): void {
    const stop = (): void => this.end(signal.reason)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    this.#unfollow.push(() => signal.removeEventListener('abort', stop))
  }
}

/** The promise, or the reason of the end if that comes first. */
export async function raced<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason as Error)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  promise.catch(() => {})
  try {
    return await Promise.race([promise, ended])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
