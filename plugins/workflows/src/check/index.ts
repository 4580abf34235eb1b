import { SpellError } from '@llmspell/sdk'
import { isBounded } from './bounds.ts'
import type { Names } from './checking.ts'
import { checkDefinition } from './definition.ts'
import { expected, isTable } from './fields.ts'
import { Findings, quoted, type Problem } from './problem.ts'
import { checkStep } from './step.ts'

export type { Names } from './checking.ts'
export type { Problem } from './problem.ts'
export { stepName } from './step-names.ts'

const AGAIN = { step: checkStep, definition: checkDefinition }

/**
 * All that is wrong with a definition, before anything of it runs. Takes what a script or a file gave, whatever it
 * is: time and the number of problems are bounded.
 */
export function checkWorkflow(definition: unknown, names: Names): readonly Problem[] {
  const findings = new Findings()
  if (!isTable(definition)) expected('the table of a workflow', definition, '', findings)
  else if (isBounded(definition, findings)) {
    checkDefinition(definition, '', { findings, names, steps: 0, again: AGAIN }, names.input)
  }
  return findings.all
}

/** All problems as one error. */
export function workflowInvalid(name: unknown, problems: readonly Problem[]): SpellError {
  const subject = typeof name === 'string' ? `Workflow ${quoted(name)}` : 'The workflow'
  const lines = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new SpellError('WORKFLOW_INVALID', `${subject} has ${count}:\n  ${lines.join('\n  ')}`, {
    hint: problems.find(({ hint }) => hint)?.hint ?? 'Correct what is named; nothing has run.',
    details: { problems: problems.map((problem) => ({ ...problem })) },
  })
}
