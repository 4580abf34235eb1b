import type { Readable } from 'node:stream'
import type { Command } from '@llmspell/sdk'

type From = 'stdout' | 'stderr'

/** After the program's end somebody who cannot be found may hold the pipe, in silence or not. */
const SILENCE_MS = 200
const LEFT_MS = 2000
const LOOK_MS = 20

export interface OutputOptions {
  readonly cap: number
  readonly onOutput: Command['onOutput']
  /** Called once, in the turn in which the cap is passed. */
  readonly overflow: () => void
  readonly fail: (error: unknown) => void
}

/** What a program writes, up to a cap; a slow reader holds the program back. */
export class Output {
  readonly #options: OutputOptions
  readonly #streams: Readonly<Record<From, Readable>>
  readonly #pieces: Readonly<Record<From, Uint8Array[]>> = { stdout: [], stderr: [] }
  readonly #open = new Set<From>(['stdout', 'stderr'])
  readonly #ended = Promise.withResolvers<void>()
  #bytes = 0
  #full = false
  #waiting = 0
  #last = performance.now()

  constructor(streams: Readonly<Record<From, Readable>>, options: OutputOptions) {
    this.#options = options
    this.#streams = streams
    for (const from of this.#open) {
      streams[from].on('data', (piece: Uint8Array) => this.#take(from, piece))
      streams[from].once('close', () => this.#close(from))
      streams[from].on('error', () => undefined)
    }
  }

  of(from: From): Uint8Array {
    return Buffer.concat(this.#pieces[from])
  }

  /** Takes what is left once the program has ended. The time of a slow reader does not count. */
  async finish(): Promise<void> {
    this.#last = performance.now()
    let left = LEFT_MS
    const look = setInterval(() => {
      if (this.#waiting > 0) return
      left -= LOOK_MS
      if (this.#full || left <= 0 || performance.now() - this.#last > SILENCE_MS) this.stop()
    }, LOOK_MS)
    await this.#ended.promise
    clearInterval(look)
  }

  stop(): void {
    for (const stream of Object.values(this.#streams)) stream.destroy()
  }

  #take(from: From, piece: Uint8Array): void {
    this.#last = performance.now()
    if (this.#full) return
    const kept = piece.subarray(0, this.#options.cap - this.#bytes)
    this.#bytes += kept.byteLength
    this.#full = kept.byteLength < piece.byteLength
    if (this.#full) this.#options.overflow()
    if (kept.byteLength === 0) return
    this.#pieces[from].push(kept)
    void this.#tell(from, kept)
  }

  async #tell(from: From, piece: Uint8Array): Promise<void> {
    const stream = this.#streams[from]
    try {
      const told = this.#options.onOutput?.(from, piece)
      if (!told) return
      this.#waiting++
      stream.pause()
      await told.finally(() => this.#waiting--)
      stream.resume()
    } catch (error) {
      this.#options.fail(error)
      this.stop()
    }
  }

  #close(from: From): void {
    this.#open.delete(from)
    if (this.#open.size === 0) this.#ended.resolve()
  }
}
