import { sleep } from '@llmspell/sdk'

interface Flight {
  readonly key: string
  readonly landed: AbortController
}

/** Calls under way. Equal ones wait for the first, for a while, instead of asking too. */
export class Flights {
  readonly #byKey = new Map<string, Flight>()
  readonly #byCall = new Map<string, Flight>()
  readonly #maxWaitMs: number

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs
  }

  get size(): number {
    return this.#byCall.size
  }

  /** The key under which the answer of a call is to be kept. */
  keyOf(call: string): string | undefined {
    return this.#byCall.get(call)?.key
  }

  /** True where an equal call is under way and has ended, or has taken too long, meanwhile. */
  async waited(key: string, signal: AbortSignal): Promise<boolean> {
    const flight = this.#byKey.get(key)
    if (!flight) return false
    await sleep(this.#maxWaitMs, AbortSignal.any([flight.landed.signal, signal]))
    return true
  }

  /** @param gone ends the call without an answer */
  start(call: string, key: string, gone: AbortSignal): void {
    this.end(call)
    const flight = { key, landed: new AbortController() }
    this.#byCall.set(call, flight)
    this.#byKey.set(key, flight)
    const end = (): void => this.#end(call, flight)
    gone.addEventListener('abort', end, { once: true })
    flight.landed.signal.addEventListener('abort', () => gone.removeEventListener('abort', end))
    if (gone.aborted) end()
  }

  /** There is an answer, or there will be none. */
  end(call: string): void {
    const flight = this.#byCall.get(call)
    if (flight) this.#end(call, flight)
  }

  #end(call: string, flight: Flight): void {
    if (this.#byCall.get(call) === flight) this.#byCall.delete(call)
    if (this.#byKey.get(flight.key) === flight) this.#byKey.delete(flight.key)
    flight.landed.abort()
  }
}
