import { isDeepStrictEqual } from 'node:util'
import { SpellError, didYouMean } from '@llmspell/sdk'
import type {
  Decision,
  JournalRecord,
  ResumeOptions,
  RunId,
  StepPath,
  WorkflowExecutor,
} from '@llmspell/sdk'

/**
 * A decision that the run has already carried out may be given again: whoever decides of several steps cannot see how far
 * the run came with the first.
 * @throws INPUT_INVALID for a decision about a step whose outcome is known, or that there is not
 */
export async function checkDecisions(
  executor: WorkflowExecutor,
  id: RunId,
  decide: NonNullable<ResumeOptions['decide']>,
): Promise<void> {
  const row = await executor.get(id)
  if (!row || row.endedAt !== undefined) return
  const records = await Array.fromAsync(executor.history(id))
  const open = openSteps(records)
  const taken = takenDecisions(records)
  const stray = decide.find(
    ({ path, decision }) => !open.has(path) && !isDeepStrictEqual(taken.get(path), decision),
  )
  if (stray) throw strayed(id, stray.path, [...open])
}

/** Paths of the steps that were begun and have no outcome. */
function openSteps(records: readonly JournalRecord[]): Set<StepPath> {
  const open = new Set<StepPath>()
  for (const record of records) {
    if (record.kind === 'intent') open.add(record.path)
    if (record.kind === 'call') open.delete(record.path)
  }
  return open
}

function takenDecisions(records: readonly JournalRecord[]): Map<StepPath, Decision> {
  const taken = new Map<StepPath, Decision>()
  for (const record of records) {
    if (record.kind === 'decision') taken.set(record.path, record.decision)
  }
  return taken
}

function strayed(id: RunId, path: StepPath, open: readonly StepPath[]): SpellError {
  const text = `A decision is for '${path}', expected a step of run '${id}' whose outcome is not known.`
  const otherwise =
    open.length === 0
      ? 'No step of this run needs a decision: leave it out.'
      : `Such steps: ${open.slice(0, 5).join(', ')}.`
  return new SpellError('INPUT_INVALID', text, {
    hint: didYouMean(path, open, otherwise),
    details: { run_id: id, path, open: open.slice(0, 100) },
  })
}
