import type { HandleRef, StepDefinition, Value } from '@llmspell/sdk'
import type { Given } from './action.ts'
import type { Lane } from './lane.ts'
import type { Workflow } from './workflow.ts'

/** A workflow as a step of another: its own data and steps, the outer one's end, budget and lane. */
export async function runNested(step: StepDefinition, lane: Lane, input: Value): Promise<Given> {
  const { execution } = lane
  const { context, house } = execution
  const workflow = context.resolve(step.workflow as HandleRef) as Workflow
  const result = await execution.request.work.workflow(workflow, {
    house,
    context,
    input,
    above: lane,
    emit: execution.request.emit,
  })
  const usage = execution.rows.spend({ ...result.metadata })
  const { result: output, text, data, error } = result
  return {
    output,
    text,
    data,
    usage,
    ...(error === undefined ? {} : { error: error as unknown as Value }),
  }
}
