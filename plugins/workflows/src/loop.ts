import { SpellError, durationMs } from '@llmspell/sdk'
import type { Value, WorkflowDefinition } from '@llmspell/sdk'
import { holds } from './conditions.ts'
import type { Lane } from './lane.ts'
import type { Made } from './made.ts'
import { pooled } from './pool.ts'
import { sequence } from './sequence.ts'
import { rangeSource, sourceOf } from './source.ts'
import type { Source } from './source.ts'
import { Stop } from './stop.ts'

const MOST_ROUNDS = 1000

/** Runs its steps for each item, or as long as a condition holds. */
export async function loop(definition: WorkflowDefinition, lane: Lane): Promise<Made> {
  const { max_concurrency = 1 } = definition
  const rounds = new Rounds(definition, lane, await itemsOf(definition, lane))
  if (max_concurrency === 1) await rounds.inTurn()
  else await rounds.together(max_concurrency)
  lane.execution.rounds = rounds.count
  return { result: rounds.result, ...(rounds.result === null ? { text: rounds.text } : {}) }
}

async function itemsOf(definition: WorkflowDefinition, lane: Lane): Promise<Source | undefined> {
  const { range, collection, while_condition } = definition
  if (range) return rangeSource(range)
  if (while_condition !== undefined && collection === undefined) return undefined
  return sourceOf(collection, 'collection', lane)
}

class Rounds {
  readonly #definition: WorkflowDefinition
  readonly #lane: Lane
  readonly #source: Source | undefined
  readonly #most: number
  readonly #collect: 'all' | 'last' | 'none'
  readonly #outputs: Value[] = []
  #last: Value = null
  #broken = false
  count = 0

  /** @throws WORKFLOW_LOOP_LIMIT where it is known before that there are too many rounds */
  constructor(definition: WorkflowDefinition, lane: Lane, source: Source | undefined) {
    this.#definition = definition
    this.#lane = lane
    this.#source = source
    this.#collect = definition.collect ?? 'all'
    this.#most = definition.max_iterations ?? MOST_ROUNDS
    if (definition.break_when === undefined && (source?.length ?? 0) > this.#most)
      throw this.#limit(`it has ${source!.length} items`)
  }

  get result(): Value {
    if (this.#collect === 'all') return this.#outputs
    return this.#collect === 'last' ? this.#last : null
  }

  get text(): string {
    return `Workflow '${this.#definition.name}': ${this.count} rounds.`
  }

  /** One round after the other: each sees what the steps of the one before gave. */
  async inTurn(): Promise<void> {
    try {
      for (let next = await this.#next(); next; next = await this.#next()) {
        if (this.#collect !== 'all') this.#lane.execution.rows.clear()
        const round = this.#lane.inner(this.#lane.scope.lane(next))
        await this.#round(round, next.index)
        this.#lane.scope.join(round.scope)
      }
    } finally {
      await this.#source?.leave?.()
    }
  }

  /** Several rounds at a time; the first failure ends all. */
  async together(limit: number): Promise<void> {
    const stop = new Stop(this.#lane.signal)
    try {
      await pooled(limit, stop, async () => {
        const next = await this.#next()
        if (!next) return undefined
        const scope = this.#lane.scope.lane(next)
        return () =>
          this.#round(this.#lane.beside(`[${next.index}]`, scope, stop.signal), next.index)
      })
    } finally {
      stop.release()
      await this.#source?.leave?.()
    }
  }

  async #next(): Promise<{ readonly item?: Value; readonly index: number } | undefined> {
    const { while_condition, delay } = this.#definition
    if (this.#broken) return undefined
    const index = this.count + 1
    if (while_condition !== undefined) {
      const tested = this.#lane.inner(this.#lane.scope.lane({ index }))
      if (!(await holds(while_condition, tested))) return undefined
    }
    const item = this.#source ? await this.#source.next() : null
    if (item === undefined) return undefined
    if (index > this.#most) throw this.#limit('it was not at its end')
    if (index > 1 && delay !== undefined) await this.#lane.sleep(durationMs(delay) ?? 0)
    this.count = index
    return this.#source ? { item, index } : { index }
  }

  async #round(lane: Lane, index: number): Promise<void> {
    const output = await sequence(this.#definition.steps!, lane)
    this.#last = output
    if (this.#collect === 'all') this.#outputs[index - 1] = output
    const { break_when } = this.#definition
    if (break_when !== undefined && (await holds(break_when, lane))) this.#broken = true
    lane.execution.progress('active', {
      text: `round ${index}`,
      done: index,
      ...(this.#source?.length === undefined ? {} : { total: this.#source.length }),
    })
  }

  #limit(found: string): SpellError {
    const max = this.#most
    const text = `Loop '${this.#definition.name}' has more than ${max} rounds: ${found}.`
    return new SpellError('WORKFLOW_LOOP_LIMIT', text, {
      hint: "Give it an end that it comes to, or raise 'max_iterations'.",
      details: { workflow: this.#definition.name, max, rounds: this.count },
    })
  }
}
