import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { StepDefinition, Value, WorkflowDefinition } from '@llmspell/sdk'
import type { Lane } from './lane.ts'
import type { Made } from './made.ts'
import { pooled } from './pool.ts'
import { StepEnd } from './step-end.ts'
import { StepFailure } from './step-failure.ts'
import { Stop } from './stop.ts'

const AT_A_TIME = 8

/** Runs its steps beside each other. */
export async function parallel(definition: WorkflowDefinition, lane: Lane): Promise<Made> {
  const group = new Group(definition, lane)
  return { result: await group.run() }
}

/** Why a step that was not needed any more has ended. */
function enough(): SpellError {
  return new SpellError('CANCELLED', 'Enough other steps had ended well.')
}

class Group {
  readonly #steps: readonly StepDefinition[]
  readonly #limit: number
  readonly #lane: Lane
  readonly #stop: Stop
  /** How many must end well; undefined where all are awaited. */
  readonly #quorum: number | undefined
  readonly #settles: boolean
  readonly #outputs: Record<string, Value> = {}
  #well = 0
  #ill = 0
  #first: StepFailure | undefined

  constructor({ steps = [], wait_for = 'all', max_concurrency }: WorkflowDefinition, lane: Lane) {
    this.#steps = steps
    this.#limit = max_concurrency ?? AT_A_TIME
    this.#lane = lane
    this.#stop = new Stop(lane.signal)
    this.#quorum =
      typeof wait_for === 'object' ? wait_for.quorum : wait_for === 'race' ? 1 : undefined
    this.#settles = wait_for === 'settle'
  }

  async run(): Promise<Value> {
    const { rows } = this.#lane.execution
    const before = rows.failure
    let at = 0
    const next = async (): Promise<(() => Promise<void>) | undefined> => {
      const step = this.#steps[at++]
      return step && (() => this.#one(step))
    }
    try {
      await pooled(this.#limit, this.#stop, next)
    } finally {
      this.#stop.release()
    }
    this.#lane.signal.throwIfAborted()
    if (this.#quorum !== undefined && this.#well >= this.#quorum) rows.failure = before
    return this.#ordered()
  }

  async #one(step: StepDefinition): Promise<void> {
    const { scope } = this.#lane
    const own = this.#lane.beside(step.name!, scope.lane(), this.#stop.signal)
    try {
      const row = await own.step(step)
      scope.join(own.scope)
      if (row.status === 'completed') this.#done(step.name!, row.output)
      else if (row.status === 'failed') this.#missed(undefined)
    } catch (error) {
      this.#lane.signal.throwIfAborted()
      if (this.#stop.signal.aborted && !(error instanceof StepFailure)) return this.#left(step, own)
      if (!(error instanceof StepFailure)) throw error
      scope.join(own.scope)
      this.#missed(error)
    }
  }

  #done(name: string, output: Value): void {
    this.#outputs[name] = output
    this.#well++
    if (this.#quorum !== undefined && this.#well >= this.#quorum) this.#stop.end(enough())
  }

  /** A step has failed for good. @throws its failure where the others are in vain */
  #missed(error: StepFailure | undefined): void {
    this.#ill++
    this.#first ??= error
    if (this.#settles) return
    if (this.#quorum === undefined) {
      if (error) throw error
    } else if (this.#steps.length - this.#ill < this.#quorum) {
      throw (
        this.#first ??
        new StepFailure(
          this.#lane.execution.rows.failure?.step ?? '',
          tooFew(this.#quorum, this.#well),
        )
      )
    }
  }

  async #left(step: StepDefinition, lane: Lane): Promise<void> {
    const reason = this.#stop.signal.reason as unknown
    const record =
      reason instanceof StepFailure
        ? { code: 'CANCELLED', message: `Step '${reason.step}' beside it had failed.` }
        : toErrorRecord(reason)
    await new StepEnd(step, lane).note('skipped', { output: null, text: '' }, 0, record)
  }

  /** In the order of the definition: which step was faster is no part of the result. */
  #ordered(): Value {
    const names = this.#steps.map(({ name }) => name!).filter((name) => name in this.#outputs)
    return Object.fromEntries(names.map((name) => [name, this.#outputs[name]!]))
  }
}

function tooFew(quorum: number, well: number): SpellError {
  const text = `Too few steps have ended well: expected ${quorum}, found ${well}.`
  return new SpellError('WORKFLOW_FAILED', text, { hint: 'See the errors of the steps.' })
}
