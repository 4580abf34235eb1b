import type { Duplex } from 'node:stream'

/** Messages that may come in one turn of the clock, and how long it stands still after them. */
const MOST = 2000
const TURN_MS = 100
/** So many bytes are as much work as one message. */
const A_MESSAGE = 256

/** Holds back who says more than can be meant: its channel is not read for a while, and only it waits. */
export class Pace {
  readonly #channel: Duplex
  #count = 0
  #since = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(channel: Duplex) {
    this.#channel = channel
  }

  /** @param bytes of JSON that were read */
  count(bytes: number): void {
    const now = performance.now()
    if (now - this.#since > TURN_MS) [this.#since, this.#count] = [now, 0]
    this.#count += 1 + Math.floor(bytes / A_MESSAGE)
    if (this.#count < MOST || this.#timer) return
    this.#channel.pause()
    this.#timer = setTimeout(() => this.#go(), TURN_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #go(): void {
    this.#timer = undefined
    this.#channel.resume()
  }
}
