import { toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'
import { act } from './action.ts'
import { attempt } from './attempt.ts'
import type { Execution, Undo } from './execution.ts'
import { causeOf } from './step-failure.ts'

/** Undoes finished steps, the last one first. Nothing ends it but the end of the run, and none stops the others. */
export async function compensate(execution: Execution): Promise<void> {
  for (let undo = execution.undo.pop(); undo; undo = execution.undo.pop())
    await undone(execution, undo)
  tell(execution)
}

function tell({ compensated, context, name }: Execution): void {
  if (compensated.length === 0) return
  const named = (ok: boolean): string =>
    compensated
      .filter((row) => row.ok === ok)
      .map(({ step }) => `'${step}'`)
      .join(', ')
  const parts = [
    named(true) && `undone: ${named(true)}`,
    named(false) && `not undone: ${named(false)}`,
  ]
  const message = `Workflow '${name}' has failed; ${parts.filter(Boolean).join('; ')}.`
  context.log({ level: 'warn', message })
}

async function undone(execution: Execution, undo: Undo): Promise<void> {
  const startedAt = performance.now()
  const error = await failureOf(undo)
  const step = undo.step.name!
  const failure = error === undefined ? {} : { error }
  execution.compensated.push({ step, ok: error === undefined, ...failure })
  const { rollback } = execution.house.points
  if (!rollback.used) return
  const status = error === undefined ? 'completed' : 'failed'
  const duration_ms = Math.round(performance.now() - startedAt)
  await rollback.call({ ...execution.facts, step, status, duration_ms, ...failure })
}

/** The workflow's own `on_error` is not asked: it decides about the work, not about its undoing. */
async function failureOf({ step, lane }: Undo): Promise<ErrorRecord | undefined> {
  const undo = step.compensate!
  try {
    const shielded = lane.under(new AbortController().signal)
    const outcome = await attempt(undo, shielded, (inner) => act(undo, inner))
    return outcome.end === 'completed' ? undefined : toErrorRecord(causeOf(outcome.error))
  } catch (error) {
    return toErrorRecord(causeOf(error))
  }
}
