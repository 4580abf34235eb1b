import { REF, SpellError } from '@llmspell/sdk'
import type { HostStream, Recorded, Value } from '@llmspell/sdk'
import { Owed } from './durable/owed.ts'
import type { Redactor } from './redact/redactor.ts'
import { redacted } from './redact/stream.ts'
import { StreamQueue } from './stream-queue.ts'
import type { Pull } from './stream-queue.ts'

/** The streams of one run, by id. */
export class Streams {
  readonly #queues = new Map<string, StreamQueue>()
  readonly #sources = new Map<string, AsyncIterable<Value>>()
  /** Streams of which the journal answers. */
  readonly #owed = new Map<string, Owed>()
  readonly #redactor: Redactor
  #count = 0

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  /** @param id default: a new one */
  add(chunks: AsyncIterable<Value>, id = `stream_${++this.#count}`): HostStream {
    const source = redacted(chunks, this.#redactor)
    this.#sources.set(id, source)
    return { ref: { [REF]: 'stream', id }, [Symbol.asyncIterator]: () => this.#take(id, source) }
  }

  /** What it is, for people; undefined for what was never one. */
  label(id: string): string | undefined {
    if (!id.startsWith('stream_')) return undefined
    return this.#sources.has(id) || this.#queues.has(id) ? 'Stream (open)' : 'Stream (at its end)'
  }

  /** A stream that a plugin reads itself is no longer there for the script. */
  #take(id: string, source: AsyncIterable<Value>): AsyncIterator<Value> {
    this.#sources.delete(id)
    return source[Symbol.asyncIterator]()
  }

  async pull(id: string): Promise<Pull> {
    const queue = this.#queue(id)
    const owed = this.#owed.get(id)
    await owed?.paid()
    const left = owed?.rest() ?? []
    if (left.length > 0) return { chunks: left, done: false }
    const pull = await queue.pull()
    if (pull.done) this.#forget(id)
    return pull
  }

  /** A pull that the journal has answered: the source gives as much, unseen, so that the host behind it is where it was. */
  again(id: string, recorded: Recorded): void {
    const source = this.#queues.get(id) ?? this.#sources.get(id)
    if (!source) return
    const queue = this.#queue(id)
    const owed = this.#owed.get(id) ?? new Owed(queue)
    this.#owed.set(id, owed)
    owed.add(recorded)
  }

  /** The reader leaves, as far on as it has read. */
  async leave(id: string): Promise<void> {
    await this.#owed
      .get(id)
      ?.paid()
      .catch(() => {})
    await this.cancel(id)
  }

  async cancel(id: string): Promise<void> {
    const queue = this.#queues.get(id)
    this.#forget(id)
    await queue?.cancel()
  }

  async close(): Promise<void> {
    const open = [...this.#queues.keys()]
    await Promise.allSettled(open.map((id) => this.cancel(id)))
    this.#sources.clear()
  }

  #queue(id: string): StreamQueue {
    const known = this.#queues.get(id)
    if (known) return known
    const source = this.#sources.get(id)
    if (!source) throw unknownStream(id)
    const queue = new StreamQueue(source)
    this.#queues.set(id, queue)
    return queue
  }

  #forget(id: string): void {
    this.#queues.delete(id)
    this.#sources.delete(id)
    this.#owed.delete(id)
  }
}

function unknownStream(id: string): SpellError {
  return new SpellError(
    'STREAM_UNKNOWN',
    `Stream '${id}' is not open: it has ended, was cancelled, or belongs to another run.`,
    {
      hint: 'Read a stream once, in the run that made it.',
    },
  )
}
