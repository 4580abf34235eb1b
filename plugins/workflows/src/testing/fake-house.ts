import type { Value, WorkflowDefinition } from '@llmspell/sdk'
import { createWorkflow } from '../create.ts'
import type { House, Points } from '../house.ts'
import { runWorkflow } from '../run.ts'
import type { WorkflowResult } from '../types.ts'
import type { Workflow } from '../workflow.ts'
import type { FakeContext } from './fake-context.ts'

const silent = { used: false, call: () => Promise.resolve(undefined) }

/** A house without agents and budgets, whose hook points nobody listens to. */
export function fakeHouse(tools: readonly string[] = [], points: Partial<Points> = {}): House {
  const names = [
    ...['start', 'step', 'output', 'error', 'transition'],
    ...['stepDone', 'checkpoint', 'rollback', 'done'],
  ]
  return {
    points: { ...Object.fromEntries(names.map((name) => [name, silent])), ...points },
    schemas: {},
    tools: { list: () => tools.map((name) => ({ name })) },
    agents: undefined,
    budgets: undefined,
  } as unknown as House
}

export function make(run: FakeContext, definition: object, house = fakeHouse(['work'])): Workflow {
  return createWorkflow(house, definition as WorkflowDefinition, run.context)
}

/** Makes a workflow and executes it once. */
export function execute(
  run: FakeContext,
  definition: object,
  input?: Value,
  house = fakeHouse(['work']),
): Promise<WorkflowResult> {
  const workflow = make(run, definition, house)
  return runWorkflow(workflow, { house, context: run.context, input })
}
