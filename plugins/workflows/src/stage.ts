import type { ErrorRecord, StepDefinition, Value } from '@llmspell/sdk'
import { Channel } from './channel.ts'
import type { Lane } from './lane.ts'
import { kindOf } from './forms.ts'
import type { Scope } from './scope.ts'
import type { StepRow } from './types.ts'

/** One item on its way, with what the stages before made of it. */
export interface Item {
  readonly value: Value
  readonly scope: Scope
}

type Work = Promise<Item | undefined>

/** One step of a stream: takes items from one channel and puts what it makes of them into the next. */
export class Stage {
  readonly #step: StepDefinition
  readonly #lane: Lane
  readonly #startedAt = performance.now()
  #items = 0
  #retries = 0
  #error: ErrorRecord | undefined

  constructor(step: StepDefinition, lane: Lane) {
    this.#step = step
    this.#lane = lane
  }

  /** Ends when the items do. @throws where the stream must not go on */
  async run(
    from: Channel<Item>,
    to: Channel<Item>,
    { concurrency, ordered }: { readonly concurrency: number; readonly ordered: boolean },
  ): Promise<void> {
    if (concurrency === 1) await this.#inTurn(from, to)
    else if (ordered) await this.#ordered(from, to, concurrency)
    else await Promise.all(Array.from({ length: concurrency }, () => this.#inTurn(from, to, true)))
    to.close()
  }

  get row(): StepRow {
    const failed = this.#error !== undefined && !this.#step.optional
    return {
      name: this.#step.name!,
      kind: kindOf(this.#step),
      status: failed ? 'failed' : 'completed',
      output: null,
      text: `${this.#items} items`,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      duration_ms: Math.round(performance.now() - this.#startedAt),
      retry_count: this.#retries,
      items: this.#items,
    }
  }

  async #inTurn(from: Channel<Item>, to: Channel<Item>, beside = false): Promise<void> {
    const { signal } = this.#lane
    for (let next = await from.take(signal); next; next = await from.take(signal)) {
      const made = await this.#one(next.item, beside)
      if (made) await to.put(made, signal)
    }
  }

  /** Those under way stand in a queue: the first one leaves first, however long it takes. */
  async #ordered(from: Channel<Item>, to: Channel<Item>, concurrency: number): Promise<void> {
    // One more is in the hands of who hands on.
    const underWay = new Channel<Work>(concurrency - 1)
    await Promise.all([this.#start(from, underWay), this.#hand(underWay, to)])
  }

  async #start(from: Channel<Item>, underWay: Channel<Work>): Promise<void> {
    const { signal } = this.#lane
    for (let next = await from.take(signal); next; next = await from.take(signal)) {
      const { item } = next
      const begin = Promise.withResolvers<void>()
      const work = begin.promise.then(() => this.#one(item, true))
      work.catch(() => {})
      // It begins when there is room for it: no more run than stand in the queue.
      await underWay.put(work, signal)
      begin.resolve()
    }
    underWay.close()
  }

  async #hand(underWay: Channel<Work>, to: Channel<Item>): Promise<void> {
    const { signal } = this.#lane
    for (let next = await underWay.take(signal); next; next = await underWay.take(signal)) {
      const made = await next.item
      if (made) await to.put(made, signal)
    }
  }

  async #one({ value, scope }: Item, beside: boolean): Work {
    const inner = scope.lane({ item: value })
    const lane = beside ? this.#lane.beside(`[${scope.index}]`, inner) : this.#lane.inner(inner)
    const row = await lane.step(this.#step)
    this.#items++
    this.#retries += row.retry_count
    this.#error ??= row.error
    if (row.status === 'completed') return { value: row.output, scope: inner }
    return row.status === 'skipped' || this.#step.optional ? { value, scope: inner } : undefined
  }
}
