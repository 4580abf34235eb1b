import { SpellError, durationMs } from '@llmspell/sdk'
import type { Budget, BudgetLimits, CallContext, WorkflowDefinition } from '@llmspell/sdk'
import type { House } from './house.ts'

interface Limits {
  readonly max_steps?: number
  readonly max_tool_calls?: number
  readonly max_tokens?: number
  readonly max_cost?: number
  readonly max_time?: number | string
  readonly max_depth?: number
}

/** The node of a workflow that has a budget of its own, else the one above it. @throws NOT_AVAILABLE */
export function budgetOf(
  { name, budget }: WorkflowDefinition,
  { budgets }: House,
  context: CallContext,
  above: Budget | undefined,
): Budget | undefined {
  if (budget === undefined) return above
  if (!budgets) throw notKept(name)
  return (above ?? budgets.of(context)).child(`workflow '${name}'`, limitsOf(budget as Limits))
}

function limitsOf(limits: Limits): BudgetLimits {
  const { max_steps, max_tool_calls, max_tokens, max_cost, max_time, max_depth } = limits
  const timeMs = max_time === undefined ? undefined : durationMs(max_time)
  const all = {
    modelCalls: max_steps,
    toolCalls: max_tool_calls,
    tokens: max_tokens,
    cost: max_cost,
    timeMs,
    depth: max_depth,
  }
  return Object.fromEntries(Object.entries(all).filter(([, max]) => max !== undefined))
}

function notKept(name: string): SpellError {
  const text = `Workflow '${name}' has a budget, but no installed plugin keeps it.`
  return new SpellError('NOT_AVAILABLE', text, { hint: "Install the plugin 'budgets'." })
}
