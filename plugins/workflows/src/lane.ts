import type {
  NestedCall,
  StepDefinition,
  Value,
  WorkflowFunction,
  WorkflowScope,
} from '@llmspell/sdk'
import type { Execution } from './execution.ts'
import type { Scope } from './scope.ts'
import { raced } from './stop.ts'
import type { StepRow } from './types.ts'
import { read } from './written.ts'
import type { Answer } from './written.ts'

/** One line of work of an execution: what it sees, what ends it, and its name beside others. */
export class Lane {
  readonly execution: Execution
  readonly scope: Scope
  readonly signal: AbortSignal
  /** Durable runs tell the calls of lanes apart by it; absent where nothing runs beside. */
  readonly branch: string | undefined

  constructor(execution: Execution, scope: Scope, signal: AbortSignal, branch?: string) {
    this.execution = execution
    this.scope = scope
    this.signal = signal
    this.branch = branch
  }

  /** A lane that runs beside others. */
  beside(name: string, scope: Scope, signal: AbortSignal = this.signal): Lane {
    const branch = this.branch === undefined ? name : `${this.branch}/${name}`
    return new Lane(this.execution, scope, signal, branch)
  }

  /** The same lane, seeing more. */
  inner(scope: Scope = this.scope.lane()): Lane {
    return new Lane(this.execution, scope, this.signal, this.branch)
  }

  /** The same lane, ended by another signal. */
  under(signal: AbortSignal): Lane {
    return new Lane(this.execution, this.scope, signal, this.branch)
  }

  /** Runs a step to its end. @throws StepFailure where the workflow must not go on */
  step(step: StepDefinition): Promise<StepRow> {
    return this.execution.request.work.step(step, this)
  }

  /** A call through the door, under the budget of the workflow; it ends with the lane. */
  call(
    module: string,
    fn: string,
    args: readonly unknown[],
    more: NestedCall = {},
  ): Promise<unknown> {
    const { context, budget } = this.execution
    const options: NestedCall = {
      ...more,
      signal: this.signal,
      ...(this.branch === undefined ? {} : { branch: this.branch }),
      ...(budget === undefined ? {} : { budget }),
    }
    return raced(
      this.execution.within(() => context.call(module, fn, args, options)),
      this.signal,
    )
  }

  /** A function of the script, with what this lane sees. */
  async ask(fn: WorkflowFunction, ...before: Value[]): Promise<Value> {
    if (fn.keeps !== 'steps') return this.#ask(fn, before, this.scope.data()).then(valueOf)
    const found = await this.#grow(fn, before)
    // Who has forgotten what it was told gets the whole.
    return (found.again ? await this.#grow(fn, before) : found).value
  }

  async #grow(fn: WorkflowFunction, before: readonly Value[]): Promise<Answer> {
    const { deliveries } = this.scope
    const parcel = this.scope.parcel(this.execution.id)
    const answer = await this.#ask(fn, before, this.scope.data(parcel.table))
    if (answer.again) deliveries.arrived(undefined)
    else if (answer.written) deliveries.arrived(parcel)
    return answer
  }

  async #ask(fn: WorkflowFunction, before: readonly Value[], data: WorkflowScope): Promise<Answer> {
    const sent = { ...data.vars }
    const given = this.execution.within(() => fn(...before, data as unknown as Value))
    const answer = read(await raced(given, this.signal))
    // A function of the host has written into what it was given.
    if (!answer.again) this.scope.write(sent, answer.written ? (answer.vars ?? sent) : data.vars)
    return answer
  }

  /** Waits on the clock of the run. */
  async sleep(ms: number): Promise<void> {
    if (ms > 0) await this.call('Run', 'sleep', [ms])
  }
}

const valueOf = ({ value }: Answer): Value => value
