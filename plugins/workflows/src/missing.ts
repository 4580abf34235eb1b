import { SpellError, didYouMean } from '@llmspell/sdk'
import type { StepRow } from './types.ts'

export function notExecuted(workflow: string): SpellError {
  return new SpellError('WORKFLOW_NOT_EXECUTED', `Workflow '${workflow}' was not executed yet.`, {
    hint: 'Call execute first.',
  })
}

export function stepNotFound(workflow: string, step: string, rows: readonly StepRow[]): SpellError {
  const names = [...new Set(rows.map(({ name }) => name))]
  const text = `The last execution of workflow '${workflow}' had no step '${step}'.`
  const others = names.length === 0 ? 'It had none.' : `It had: ${names.slice(0, 20).join(', ')}.`
  return new SpellError('STEP_NOT_FOUND', text, { hint: didYouMean(step, names, others) })
}
