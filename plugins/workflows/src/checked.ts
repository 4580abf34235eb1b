import { SpellError } from '@llmspell/sdk'
import type { CallContext, WorkflowDefinition } from '@llmspell/sdk'
import { checkWorkflow, workflowInvalid } from './check/index.ts'
import type { Problem } from './check/index.ts'
import type { House } from './house.ts'

/** @throws WORKFLOW_INVALID with all problems; TOOL_NOT_FOUND, AGENT_NOT_FOUND where it is that alone */
export function checked(definition: WorkflowDefinition, house: House, context: CallContext): void {
  const problems = problemsOf(definition, house, context)
  if (problems.length === 0) return
  const error = workflowInvalid(definition.name, problems)
  throw renamed(error, problems)
}

/** What is wrong with a definition, seen with the tools and agents that are there now. */
export function problemsOf(
  definition: WorkflowDefinition,
  { tools, agents }: House,
  context: CallContext,
): readonly Problem[] {
  const names = {
    tools: tools?.list({}, context).map(({ name }) => name) ?? [],
    agents: agents?.list(context).map(({ name }) => name) ?? [],
  }
  return checkWorkflow(definition, names)
}

const CODES = { tool: 'TOOL_NOT_FOUND', agent: 'AGENT_NOT_FOUND' } as const

function renamed(error: SpellError, problems: readonly Problem[]): SpellError {
  const [kind, ...others] = new Set(problems.map((problem) => problem.kind))
  if (others.length > 0 || (kind !== 'tool' && kind !== 'agent')) return error
  return new SpellError(CODES[kind], error.message, { hint: error.hint, details: error.details })
}
