import { isRef } from '@llmspell/sdk'
import type {
  CallContext,
  HandleRef,
  StepDefinition,
  Value,
  WorkflowDefinition,
} from '@llmspell/sdk'
import { checked } from './checked.ts'
import { makeWorkflow } from './create.ts'
import type { House } from './house.ts'
import { named } from './naming.ts'
import { runWorkflow } from './run.ts'
import type { WorkflowResult } from './types.ts'
import type { Workflow } from './workflow.ts'

/**
 * Builds a definition of plain data and executes it once. Agents given as tables are created, nested definitions made;
 * nothing of it is left afterwards among the workflows of the run.
 * @throws WORKFLOW_INVALID with all problems; what making an agent throws; WORKFLOW_FAILED
 */
export async function runDefinition(
  house: House,
  definition: WorkflowDefinition,
  input: Value | undefined,
  context: CallContext,
): Promise<WorkflowResult> {
  checked(definition, house, context)
  const workflow = await whole(house, definition, context)
  return runWorkflow(workflow, { house, context, input })
}

async function whole(
  house: House,
  given: WorkflowDefinition,
  context: CallContext,
): Promise<Workflow> {
  const { steps, branches, default: otherwise, ...rest } = named(given)
  const build = (list: readonly StepDefinition[]) =>
    inTurn(list, (step) => built(house, step, context))
  return makeWorkflow(
    {
      ...rest,
      ...(steps ? { steps: await build(steps) } : {}),
      ...(branches
        ? {
            branches: await inTurn(branches, async (each) => ({
              ...each,
              steps: await build(each.steps),
            })),
          }
        : {}),
      ...(otherwise ? { default: await build(otherwise) } : {}),
    },
    context,
  )
}

async function built(
  house: House,
  step: StepDefinition,
  context: CallContext,
): Promise<StepDefinition> {
  const { agent, workflow, steps, fallback, compensate } = step
  const other = (each: StepDefinition) => built(house, each, context)
  return {
    ...step,
    ...(isTable(agent)
      ? { agent: (await context.call('Agent', 'create', [agent])) as HandleRef }
      : {}),
    ...(workflow && !isRef(workflow, 'handle')
      ? { workflow: (await whole(house, workflow as WorkflowDefinition, context)).ref }
      : {}),
    ...(steps ? { steps: await inTurn(steps, other) } : {}),
    ...(fallback ? { fallback: await other(fallback) } : {}),
    ...(compensate ? { compensate: await other(compensate) } : {}),
  }
}

const isTable = (agent: StepDefinition['agent']): boolean =>
  typeof agent === 'object' && !isRef(agent, 'handle')

async function inTurn<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const made: R[] = []
  for (const item of items) made.push(await make(item))
  return made
}
