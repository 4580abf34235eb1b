import { SpellError } from '@llmspell/sdk'
import type { Recorded, Value } from '@llmspell/sdk'
import type { Pull, StreamQueue } from '../stream-queue.ts'
import { fromJson } from './json.ts'

/** What a script has read of a stream in another life: the source of this life has to give the same. */
export class Owed {
  readonly #queue: StreamQueue
  readonly #given: Value[] = []
  #work: Promise<void> = Promise.resolve()
  #broken: SpellError | undefined

  constructor(queue: StreamQueue) {
    this.#queue = queue
  }

  /** One more pull of the journal. Waits for nothing: what the source needs may stand later in the journal. */
  add(recorded: Recorded): void {
    const pull = recorded.ok ? (fromJson(recorded.value) as unknown as Pull) : undefined
    this.#work = this.#work.then(() => this.#pay(pull?.chunks ?? [], pull?.done ?? true))
  }

  /** @throws STREAM_INTERRUPTED where the source gives something else than was read */
  async paid(): Promise<void> {
    await this.#work
    if (this.#broken) throw this.#broken
  }

  /** What came with the last of it, unread. */
  rest(): readonly Value[] {
    return this.#given.splice(0)
  }

  async #pay(chunks: readonly Value[], toTheEnd: boolean): Promise<void> {
    for (const chunk of chunks) {
      const given = await this.#next()
      if (given === undefined || !isSame(given, chunk)) return this.#break()
    }
    if (toTheEnd) while ((await this.#next()) !== undefined);
  }

  /** The next chunk of the source; none behind its end. */
  async #next(): Promise<Value | undefined> {
    while (!this.#broken && this.#given.length === 0) {
      const pull = await this.#queue.pull().catch((): Pull => ({ chunks: [], done: true }))
      this.#given.push(...pull.chunks)
      if (pull.done && pull.chunks.length === 0) return undefined
    }
    return this.#given.shift()
  }

  #break(): void {
    this.#broken ??= new SpellError(
      'STREAM_INTERRUPTED',
      'The stream broke off with its process: what was read of it stays, and its source now gives something else.',
      { hint: 'Ask again for what is missing.' },
    )
  }
}

/** Times and counts of a chunk may differ from life to life; its kind and words may not. */
function isSame(one: Value, other: Value): boolean {
  const [a, b] = [one, other].map(
    (value) => value as { readonly type?: Value; readonly text?: Value },
  )
  if (typeof a?.type === 'string') return a.type === b?.type && a.text === b.text
  return JSON.stringify(one) === JSON.stringify(other)
}
