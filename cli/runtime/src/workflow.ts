import { resolve } from 'node:path'
import type { Value, WorkflowDefinition, WorkflowResult } from '@llmspell/sdk'
import type {} from '@llmspell/workflows'
import { checkCall, type CallOptions } from './calls.ts'
import type { House } from './house.ts'
import { readText } from './script.ts'

/** Executes a definition, or what a file holds, in a run of its own. */
export async function runWorkflow(
  house: House,
  given: WorkflowDefinition | string,
  input: Value | undefined,
  options: CallOptions,
): Promise<WorkflowResult> {
  checkCall(options, 'workflow')
  const call = house.runOptions(options)
  const workflows = await house.use('workflows')
  if (typeof given !== 'string') return workflows.run(given, input, call)
  const files = await house.use('workflow-files')
  const text = readText(resolve(call.root ?? '.', given))
  const read = await files.read(text, given, input)
  return workflows.run(read.definition, read.input, call)
}
