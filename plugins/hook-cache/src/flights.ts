import { sleep } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

interface Flight {
  readonly key: string
  answer?: Value | undefined
  readonly landed: AbortController
}

/** Beyond it calls are made without anything being kept of them. */
const MOST = 10_000

/** Calls under way. Equal ones wait for the first, for a while, instead of asking too. */
export class Flights {
  readonly #byKey = new Map<string, Flight>()
  readonly #byCall = new Map<string, Flight>()

  get size(): number {
    return this.#byCall.size
  }

  /** Notes what came last; a hook may have it asked again. Nobody waits for the hooks of another run. */
  note(call: string, answer: Value | undefined): void {
    const flight = this.#byCall.get(call)
    if (!flight) return
    flight.answer = answer
    this.#land(flight)
  }

  /** The call itself has failed; whether it is over is for its hooks to say. */
  failed(call: string): void {
    this.note(call, undefined)
  }

  isUnderWay(key: string): boolean {
    return this.#byKey.has(key)
  }

  /** What the equal call that is under way got; nothing where it failed, or took longer than `ms`. */
  async wait(key: string, signal: AbortSignal, ms: number): Promise<Value | undefined> {
    const flight = this.#byKey.get(key)
    if (!flight) return undefined
    await sleep(ms, AbortSignal.any([flight.landed.signal, signal]))
    return flight.landed.signal.aborted ? flight.answer : undefined
  }

  /** @param gone ends the call without an answer */
  start(call: string, key: string, gone: AbortSignal): void {
    this.end(call)
    if (this.#byCall.size >= MOST) return
    const flight: Flight = { key, landed: new AbortController() }
    this.#byCall.set(call, flight)
    this.#byKey.set(key, flight)
    const end = (): void => this.#end(call, flight)
    gone.addEventListener('abort', end, { once: true })
    flight.landed.signal.addEventListener('abort', () => gone.removeEventListener('abort', end))
    if (gone.aborted) end()
  }

  /** What came, and whose answer it is. Nothing where the call was not under way. */
  ended(call: string): { readonly key: string; readonly answer?: Value | undefined } | undefined {
    return this.#byCall.get(call)
  }

  /** Those that wait go on: there is an answer, or there will be none. */
  end(call: string): void {
    const flight = this.#byCall.get(call)
    if (flight) this.#end(call, flight)
  }

  #end(call: string, flight: Flight): void {
    if (this.#byCall.get(call) === flight) this.#byCall.delete(call)
    this.#land(flight)
  }

  #land(flight: Flight): void {
    if (this.#byKey.get(flight.key) === flight) this.#byKey.delete(flight.key)
    flight.landed.abort()
  }
}
