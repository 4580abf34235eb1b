import { SpellError } from '@llmspell/sdk'
import type { CallContext, WorkflowDefinition } from '@llmspell/sdk'
import { checked } from './checked.ts'
import type { House } from './house.ts'
import { named } from './naming.ts'
import { workflowsOf } from './registry.ts'
import { Workflow } from './workflow.ts'

/**
 * Makes a workflow of this run. All that is wrong with it is said at once, before anything runs.
 * @throws WORKFLOW_INVALID, TOOL_NOT_FOUND, AGENT_NOT_FOUND, NOT_AVAILABLE
 */
export function createWorkflow(
  house: House,
  given: WorkflowDefinition,
  context: CallContext,
): Workflow {
  checked(given, house, context)
  const definition = named(given)
  if (definition.budget && !house.budgets) throw notKept(definition.name)
  const workflow = makeWorkflow(definition, context)
  workflowsOf(context).add(workflow)
  return workflow
}

/** Of a checked definition with names. */
export function makeWorkflow(definition: WorkflowDefinition, context: CallContext): Workflow {
  const { name, type } = definition
  const id = workflowsOf(context).nextId()
  return new Workflow(definition, (workflow) =>
    context.handle('Workflow', workflow, { id, name, type }, id),
  )
}

function notKept(name: string): SpellError {
  const text = `Workflow '${name}' has a budget, but no installed plugin keeps it.`
  return new SpellError('NOT_AVAILABLE', text, { hint: "Install the plugin 'budgets'." })
}
