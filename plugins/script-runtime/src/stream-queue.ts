import type { Value } from '@llmspell/sdk'
import { weight } from './weight.ts'

/** A producer is held back while this many chunks wait. */
const WAITING = 64
/** One pull carries about this much, or a single chunk: an answer of the door has its limit. */
const BATCH = 256 * 1024

export interface Pull {
  readonly chunks: readonly Value[]
  readonly done: boolean
}

/** One stream of a run: fills a bounded queue for the reader that pulls it by reference. */
export class StreamQueue {
  readonly #iterator: AsyncIterator<Value>
  #queue: Value[] = []
  #ended = false
  #failure: Error | undefined
  #filling = false
  #arrived = Promise.withResolvers<void>()

  constructor(source: AsyncIterable<Value>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  /** The chunks that wait, at least one unless the stream has ended. @throws what the producer threw, after its chunks */
  async pull(): Promise<Pull> {
    this.#fill()
    if (this.#queue.length === 0 && !this.#ended) {
      await this.#arrived.promise
      // What came over the wire at once is handed over at once: a crossing costs more than a turn.
      await turn()
    }
    const chunks = this.#queue.splice(0, batchOf(this.#queue))
    if (!this.#ended && this.#queue.length === 0) this.#arrived = Promise.withResolvers()
    if (chunks.length === 0 && this.#failure !== undefined) throw this.#failure
    if (!this.#ended) this.#fill()
    const done = this.#ended && this.#failure === undefined && this.#queue.length === 0
    return { chunks, done }
  }

  /** Stops the producer. */
  async cancel(): Promise<void> {
    this.#ended = true
    this.#arrived.resolve()
    await this.#iterator.return?.()
  }

  #fill(): void {
    if (this.#filling || this.#ended) return
    this.#filling = true
    void this.#run()
  }

  async #run(): Promise<void> {
    try {
      while (!this.#ended && this.#queue.length < WAITING) {
        const next = await this.#iterator.next()
        if (next.done) this.#ended = true
        else this.#queue.push(next.value)
        this.#arrived.resolve()
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error))
      this.#ended = true
      this.#arrived.resolve()
    } finally {
      this.#filling = false
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** How many of the chunks fit into one answer, at least one. */
function batchOf(chunks: readonly Value[]): number {
  let size = 0
  const over = chunks.findIndex((chunk) => (size += weight(chunk)) > BATCH)
  return over < 0 ? chunks.length : Math.max(1, over)
}
