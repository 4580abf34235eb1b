import type { CallContext } from '@llmspell/sdk'
import type { Workflow } from './workflow.ts'

/** The workflows of one run by id. */
export class WorkflowRegistry {
  readonly #workflows = new Map<string, Workflow>()
  #count = 0

  nextId(): string {
    return `workflow_${++this.#count}`
  }

  /** In the order in which they were made. */
  list(): readonly Workflow[] {
    return [...this.#workflows.values()]
  }

  find(id: string): Workflow | undefined {
    return this.#workflows.get(id)
  }

  add(workflow: Workflow): void {
    this.#workflows.set(workflow.id, workflow)
  }

  remove(id: string): boolean {
    this.#workflows.get(id)?.cancel()
    return this.#workflows.delete(id)
  }
}

/** The workflows of the run that a call belongs to; what they still do ends with it. */
export function workflowsOf(context: CallContext): WorkflowRegistry {
  return context.share('workflows', () => {
    const value = new WorkflowRegistry()
    return { value, dispose: () => value.list().forEach((workflow) => workflow.cancel()) }
  })
}
