import type { BusEvent } from '@llmspell/sdk'

type Reader = (event: BusEvent | undefined) => void

/** Those who wait for the next event, the first first. */
export class Readers {
  readonly #waiting: Reader[] = []

  get some(): boolean {
    return this.#waiting.length > 0
  }

  /** An event, or undefined after the time, on the signal, or at the end. */
  wait(ms?: number, signal?: AbortSignal): Promise<BusEvent | undefined> {
    const { promise, resolve } = Promise.withResolvers<BusEvent | undefined>()
    this.#waiting.push(resolve)
    if (ms === undefined && !signal) return promise
    return this.#until(promise, resolve, ms, signal)
  }

  /** Hands an event to the first. */
  give(event: BusEvent): void {
    this.#waiting.shift()?.(event)
  }

  end(): void {
    for (const reader of this.#waiting.splice(0)) reader(undefined)
  }

  async #until(
    promise: Promise<BusEvent | undefined>,
    resolve: Reader,
    ms: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<BusEvent | undefined> {
    const stop = (): void => {
      const at = this.#waiting.indexOf(resolve)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      resolve(undefined)
    }
    const timer = ms === undefined ? undefined : setTimeout(stop, Math.min(ms, 2 ** 31 - 1))
    signal?.addEventListener('abort', stop, { once: true })
    return promise.finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    })
  }
}
