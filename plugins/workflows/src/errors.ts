import { SpellError, didYouMean, isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, Value } from '@llmspell/sdk'

/** WORKFLOW_FAILED: what step failed, why, and what came before. */
export function failed(workflow: string, step: string, cause: unknown, partial: Value): SpellError {
  // Told once: each workflow around it would tell all that is inside of it again.
  if (isSpellError(cause) && cause.code === 'WORKFLOW_TOO_DEEP') return cause
  const { message, hint } = toErrorRecord(cause)
  const error = toErrorRecord(innermost(cause))
  // A line for each workflow around it, then the cause itself.
  const text = `Workflow '${workflow}' failed at step '${step}':${isNested(cause) ? '\n' : ' '}${message}`
  return new SpellError('WORKFLOW_FAILED', text, {
    hint: hint ?? "Correct the step, or let the workflow go on with error_strategy = 'continue'.",
    details: { workflow, step, error: error as unknown as Value, result: partial },
    cause,
  })
}

/** The error of a step, for its row: of a workflow inside of it only what failed where, as its own rows tell the rest. */
export function rowError(error: unknown): ErrorRecord {
  const { cause, details, ...record } = toErrorRecord(error)
  if (!isNested(error)) return { ...record, ...(details && { details }), ...(cause && { cause }) }
  const { workflow = null, step = null } = (details ?? {}) as Readonly<Record<string, Value>>
  return { ...record, details: { workflow, step } }
}

const isNested = (error: unknown): error is SpellError =>
  isSpellError(error) && error.code === 'WORKFLOW_FAILED'

function innermost(error: unknown): unknown {
  return isNested(error) && error.cause !== undefined ? innermost(error.cause) : error
}

/** TIMEOUT of a step or of a whole workflow. */
export function timedOut(subject: string, ms: number): SpellError {
  return new SpellError('TIMEOUT', `${subject} did not end within ${ms} ms.`, {
    hint: "Raise 'timeout', or do less in it.",
    details: { limit: ms },
  })
}

/** CANCELLED of one workflow. */
export function cancelled(workflow: string): SpellError {
  return new SpellError('CANCELLED', `Workflow '${workflow}' was cancelled.`)
}

/** WORKFLOW_REFERENCE_UNKNOWN for a template that names nothing that is there. */
export function unknownReference(
  source: string,
  part: string,
  known: readonly string[],
): SpellError {
  const text = `The template '{{${source}}}' names nothing: '${part}' is not there.`
  const others =
    known.length === 0 ? 'Nothing is there yet.' : `There are: ${known.slice(0, 20).join(', ')}.`
  return new SpellError('WORKFLOW_REFERENCE_UNKNOWN', text, {
    hint: didYouMean(part, known, others),
    details: { reference: source, part },
  })
}
