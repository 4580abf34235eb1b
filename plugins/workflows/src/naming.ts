import type { BranchDefinition, StepDefinition, WorkflowDefinition } from '@llmspell/sdk'
import { stepName } from './check/step-names.ts'
import { tableOf } from './forms.ts'
import type { StepEntry } from './forms.ts'

/** Steps as tables with names: a step without one is `step_1` and so on, by its place in its list. */
export function named(definition: WorkflowDefinition): WorkflowDefinition {
  const { steps, branches, default: otherwise } = definition
  return {
    ...definition,
    ...(steps ? { steps: listed(steps) } : {}),
    ...(branches ? { branches: branches.map(namedBranch) } : {}),
    ...(otherwise ? { default: listed(otherwise) } : {}),
  }
}

function namedBranch(branch: BranchDefinition, at: number): BranchDefinition {
  return { ...branch, name: branch.name ?? `branch_${at + 1}`, steps: listed(branch.steps) }
}

function listed(steps: readonly StepEntry[]): StepDefinition[] {
  return steps.map((entry, at) => namedStep(tableOf(entry), stepName(entry, at)))
}

function namedStep(step: StepDefinition, name: string): StepDefinition {
  const { steps, fallback, compensate } = step
  const other = (entry: StepEntry, ending: string): StepDefinition => {
    const table = tableOf(entry)
    return namedStep(table, table.name ?? `${name}_${ending}`)
  }
  return {
    ...step,
    name,
    ...(steps ? { steps: listed(steps) } : {}),
    ...(fallback ? { fallback: other(fallback, 'fallback') } : {}),
    ...(compensate ? { compensate: other(compensate, 'undo') } : {}),
  }
}
