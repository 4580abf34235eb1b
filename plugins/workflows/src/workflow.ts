import type { HandleRef, Value, WorkflowDefinition } from '@llmspell/sdk'
import type { Execution } from './execution.ts'
import { Pause } from './pause.ts'
import type { WorkflowResult } from './types.ts'

export type WorkflowState = 'ready' | 'running' | 'paused' | 'completed' | 'failed'

/** One workflow of a run: its definition and what came of its last execution. */
export class Workflow {
  readonly definition: WorkflowDefinition
  readonly ref: HandleRef
  readonly gate = new Pause()
  last: { readonly execution: Execution; result?: WorkflowResult } | undefined
  readonly #running = new Set<Execution>()
  readonly #shared: Record<string, Value> = {}
  #status: WorkflowState = 'ready'

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

  get status(): WorkflowState {
    if (this.#running.size === 0) return this.#status
    return this.gate.closed ? 'paused' : 'running'
  }

  open(): void {}

  startVars(): Record<string, Value> {
    return { ...structuredClone(this.definition.vars ?? {}), ...this.#shared } as Record<
      string,
      Value
    >
  }

  begin(execution: Execution): void {
    this.#running.add(execution)
    this.last = { execution }
  }

  end(execution: Execution): void {
    this.#running.delete(execution)
  }

  cancel(): void {
    for (const execution of this.#running) execution.cancel()
  }
}
