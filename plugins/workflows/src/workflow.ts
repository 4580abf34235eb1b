import type { HandleRef, Value, WorkflowDefinition } from '@llmspell/sdk'
import type { Execution } from './execution.ts'
import { Pause } from './pause.ts'

export type WorkflowState = 'ready' | 'running' | 'paused' | 'completed' | 'failed'

/** One workflow of a run: its definition and what came of its last execution. */
export class Workflow {
  definition: WorkflowDefinition
  readonly ref: HandleRef
  readonly gate = new Pause()
  /** The execution that began last. */
  last: Execution | undefined
  readonly #running = new Set<Execution>()
  readonly #shared: Record<string, Value> = {}
  #status: WorkflowState = 'ready'
  #executions = 0

  constructor(definition: WorkflowDefinition, register: (workflow: Workflow) => HandleRef) {
    this.definition = definition
    this.ref = register(this)
  }

  get id(): string {
    return this.ref.id
  }

  get name(): string {
    return this.definition.name
  }

  /** What it is, for people. */
  label(): string {
    return `${this.definition.type}, ${this.status}`
  }

  get status(): WorkflowState {
    if (this.#running.size === 0) return this.#status
    return this.gate.closed ? 'paused' : 'running'
  }

  /** The same in every life of a durable run. */
  nextExecution(): string {
    return `${this.id}/${++this.#executions}`
  }

  startVars(): Record<string, Value> {
    return { ...structuredClone(this.definition.vars ?? {}), ...this.#shared } as Record<
      string,
      Value
    >
  }

  begin(execution: Execution): void {
    this.#running.add(execution)
    this.last = execution
  }

  end(execution: Execution, status: 'completed' | 'failed'): void {
    this.#running.delete(execution)
    this.#status = status
  }

  /** Sets one of the vars, now and for executions to come. */
  share(key: string, value: Value): void {
    this.#shared[key] = value
    for (const { request } of this.#running) request.vars[key] = value
  }

  shared(key: string): Value | undefined {
    const vars = [...this.#running].at(-1)?.request.vars ?? this.startVars()
    return Object.hasOwn(vars, key) ? vars[key] : undefined
  }

  /** @returns how many outputs there were */
  forget(): number {
    const count = this.last?.rows.list.length ?? 0
    this.last = undefined
    return count
  }

  cancel(): void {
    for (const execution of this.#running) execution.cancel()
  }
}
