import type { Value, WorkflowDefinition } from '@llmspell/sdk'
import { Channel } from './channel.ts'
import type { Lane } from './lane.ts'
import type { Made } from './made.ts'
import { sourceOf } from './source.ts'
import type { Source } from './source.ts'
import { Stage } from './stage.ts'
import type { Item } from './stage.ts'
import { Stop } from './stop.ts'

const BUFFER = 16
const SHOWN_EVERY = 100

/** Each item goes through all steps; the steps work beside each other, and the source waits for the slowest. */
export async function stream(definition: WorkflowDefinition, lane: Lane): Promise<Made> {
  const source = await sourceOf(definition.source, 'source', lane)
  const stop = new Stop(lane.signal)
  const flow = new Flow(definition, lane, source, stop)
  const { rows } = lane.execution
  rows.keeps = false
  lane.execution.quiet = true
  try {
    await flow.run()
  } finally {
    stop.release()
    await source.leave?.()
    lane.execution.quiet = false
    rows.keeps = true
    rows.replace(flow.stages.map((stage) => stage.row))
    lane.execution.rounds = flow.count
  }
  return flow.made
}

class Flow {
  readonly stages: readonly Stage[]
  readonly #definition: WorkflowDefinition
  readonly #lane: Lane
  readonly #source: Source
  readonly #stop: Stop
  readonly #collect: 'all' | 'last' | 'none'
  readonly #outputs: Value[] = []
  #last: Value = null
  count = 0

  constructor(definition: WorkflowDefinition, lane: Lane, source: Source, stop: Stop) {
    this.#definition = definition
    this.#source = source
    this.#stop = stop
    this.#lane = lane.under(stop.signal)
    // A list is in memory already; what has no known end must not be kept by itself.
    this.#collect = definition.collect ?? (source.length === undefined ? 'none' : 'all')
    const own = (name: string): Lane => this.#lane.beside(name, lane.scope)
    this.stages = definition.steps!.map((step) => new Stage(step, own(step.name!)))
  }

  get made(): Made {
    const text = `Workflow '${this.#definition.name}': ${this.count} items.`
    if (this.#collect === 'all') return { result: this.#outputs, text }
    return this.#collect === 'last' ? { result: this.#last } : { result: null, text }
  }

  async run(): Promise<void> {
    const { buffer = BUFFER, max_concurrency: concurrency = 1, ordered = true } = this.#definition
    const channels = Array.from({ length: this.stages.length + 1 }, () => new Channel<Item>(buffer))
    const work = this.stages.map((stage, i) =>
      stage.run(channels[i]!, channels[i + 1]!, { concurrency, ordered }),
    )
    await this.#all([this.#feed(channels[0]!), ...work, this.#drain(channels.at(-1)!)])
  }

  /** The first failure ends the others; all have ended when it is thrown. */
  async #all(work: readonly Promise<void>[]): Promise<void> {
    let failure: { readonly error: unknown } | undefined
    const fail = (error: unknown): void => {
      failure ??= { error }
      this.#stop.end(error)
    }
    await Promise.all(work.map((each) => each.catch(fail)))
    if (failure) throw failure.error
  }

  async #feed(to: Channel<Item>): Promise<void> {
    let index = 0
    for (
      let item = await this.#source.next();
      item !== undefined;
      item = await this.#source.next()
    ) {
      const scope = this.#lane.scope.lane({ item, index: ++index })
      await to.put({ value: item, scope }, this.#lane.signal)
    }
    to.close()
  }

  async #drain(from: Channel<Item>): Promise<void> {
    const { execution, signal } = this.#lane
    const step = this.#definition.steps!.at(-1)!.name!
    for (let next = await from.take(signal); next; next = await from.take(signal)) {
      const { value } = next.item
      this.count++
      this.#last = value
      if (this.#collect === 'all') this.#outputs.push(value)
      await execution.emit({ type: 'step_chunk', step, chunk: value })
      if (this.count % SHOWN_EVERY === 0) this.#show()
    }
  }

  #show(): void {
    const total = this.#source.length
    const known = total === undefined ? {} : { total }
    this.#lane.execution.progress('active', { text: 'items', done: this.count, ...known })
  }
}
