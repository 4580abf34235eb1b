import { SpellError, didYouMean } from '@llmspell/sdk'
import type { JournalRecord, ResumeOptions, RunId, StepPath, WorkflowExecutor } from '@llmspell/sdk'

/** @throws INPUT_INVALID for a decision about a step whose outcome is known, or that there is not */
export async function checkDecisions(
  executor: WorkflowExecutor,
  id: RunId,
  decide: NonNullable<ResumeOptions['decide']>,
): Promise<void> {
  const row = await executor.get(id)
  if (!row || row.endedAt !== undefined) return
  const open = openSteps(await Array.fromAsync(executor.history(id)))
  const stray = decide.find(({ path }) => !open.has(path))
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
