import type { ErrorRecord, StepDefinition, StepStatus, Usage, Value } from '@llmspell/sdk'
import type { Given } from './action.ts'
import { kindOf } from './forms.ts'
import type { Lane } from './lane.ts'
import type { StepRow } from './types.ts'

/** The end of one step: told to scope, result, hooks, readers and people. */
export class StepEnd {
  readonly #step: StepDefinition
  readonly #lane: Lane
  readonly #startedAt = performance.now()
  #started = false

  constructor(step: StepDefinition, lane: Lane) {
    this.#step = step
    this.#lane = lane
  }

  /** Before the first try. */
  async started(): Promise<void> {
    if (this.#started) return
    this.#started = true
    this.#passed()
    if (this.#lane.execution.quiet) return
    this.#lane.execution.progress('started', this.#place)
    await this.#lane.execution.emit({ type: 'step_started', step: this.#step.name! })
  }

  #passed(): void {
    const { execution } = this.#lane
    const { transition } = execution.house.points
    const from = execution.lastStep
    if (transition.used)
      transition.call({
        ...execution.facts,
        ...(from === undefined ? {} : { from }),
        to: this.#step.name!,
      })
  }

  async note(
    status: StepStatus,
    { output, text, data, usage, replacedBy }: Given,
    retries: number,
    error?: ErrorRecord,
  ): Promise<StepRow> {
    const { scope, execution } = this.#lane
    const failure = error === undefined ? {} : { error }
    const row: StepRow = {
      name: this.#step.name!,
      kind: kindOf(this.#step),
      status,
      output,
      text,
      ...failure,
      duration_ms: Math.round(performance.now() - this.#startedAt),
      retry_count: retries,
      ...(scope.index === undefined ? {} : { index: scope.index }),
      ...(replacedBy === undefined ? {} : { replaced_by: replacedBy }),
    }
    execution.lastStep = row.name
    const more = data === undefined ? {} : { data }
    scope.set(row.name, { output, text, ...more, status, ...(failure as { error?: Value }) })
    execution.rows.add(row)
    await this.#tell(row)
    if (!execution.quiet) this.#shown(row, usage)
    return row
  }

  async #tell(row: StepRow): Promise<void> {
    const { execution } = this.#lane
    const { name: step, kind, status, duration_ms, retry_count, error } = row
    const { stepDone } = execution.house.points
    if (stepDone.used) {
      const failure = error === undefined ? {} : { error }
      await stepDone.call({
        ...execution.facts,
        step,
        kind,
        status,
        duration_ms,
        retry_count,
        ...failure,
      })
    }
    if (status === 'failed')
      await execution.emit({ type: 'step_failed', step, error: error as unknown as Value })
    if (execution.quiet) return
    if (status === 'completed')
      await execution.emit({ type: 'step_completed', step, output: row.output })
    if (status !== 'skipped') await this.#checkpoint(step)
  }

  async #checkpoint(step: string): Promise<void> {
    const { execution } = this.#lane
    if (execution.definition.checkpoint === 'none') return
    const marked = await this.#mark(step)
    const seq = marked === undefined ? {} : { seq: marked }
    const { checkpoint } = execution.house.points
    if (checkpoint.used) await checkpoint.call({ ...execution.facts, step, ...seq })
    await execution.emit({ type: 'checkpoint', step, ...seq })
  }

  /** A record of the step alone: its calls have theirs. @returns its number */
  async #mark(step: string): Promise<number | undefined> {
    const { context, definition, name } = this.#lane.execution
    if (definition.checkpoint !== 'sync' || this.#lane.branch !== undefined) return undefined
    return context.durable?.mark(`${name}/${step}`)
  }

  #shown({ status, error }: StepRow, usage: Usage | undefined): void {
    this.#lane.execution.progress(status === 'failed' ? 'failed' : 'done', {
      ...this.#place,
      ...(status === 'completed' ? {} : { text: error?.code ?? status }),
      ...this.#count(),
      ...(usage ? { usage } : {}),
    })
  }

  /** What runs in the place of a step, or inside one, is no further step of a known number. */
  #count(): { readonly done?: number; readonly total?: number } {
    const { execution } = this.#lane
    const { rows, total, definition } = execution
    if (total === undefined) return { done: rows.completed + rows.failed + rows.skipped }
    return definition.steps?.includes(this.#step) ? { done: ++execution.counted, total } : {}
  }

  get #place(): { readonly step: string; readonly lane?: string } {
    const { branch: lane } = this.#lane
    return { step: this.#step.name!, ...(lane === undefined ? {} : { lane }) }
  }
}
