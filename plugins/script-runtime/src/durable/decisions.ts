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
 * A decision that the run has already taken may be given again: whoever decides of several steps cannot see how far the run
 * came with the first.
 * @throws INPUT_INVALID for a decision about a step whose outcome is known, or that there is not, or that was decided otherwise
 */
export async function checkDecisions(
  executor: WorkflowExecutor,
  id: RunId,
  decide: NonNullable<ResumeOptions['decide']>,
): Promise<void> {
  const row = await executor.get(id)
  if (!row || row.endedAt !== undefined) return
  const { open, taken } = decidedIn(await Array.fromAsync(executor.history(id)))
  for (const { path, decision } of decide) {
    const before = open.has(path) ? open.get(path) : taken.get(path)
    if (isDeepStrictEqual(before, decision)) continue
    if (!open.has(path)) throw strayed(id, path, [...open.keys()])
    if (before) throw otherwise(id, path, before, decision)
  }
}

interface Decided {
  /** The steps that were begun and have no outcome, with what was decided of them since. */
  readonly open: ReadonlyMap<StepPath, Decision | undefined>
  readonly taken: ReadonlyMap<StepPath, Decision>
}

function decidedIn(records: readonly JournalRecord[]): Decided {
  const open = new Map<StepPath, Decision | undefined>()
  const taken = new Map<StepPath, Decision>()
  for (const record of records) {
    const { kind, path } = record
    if (kind === 'intent') open.set(path, undefined)
    if (kind === 'call') open.delete(path)
    if (kind !== 'decision') continue
    taken.set(path, record.decision)
    if (open.has(path)) open.set(path, record.decision)
  }
  return { open, taken }
}

function otherwise(id: RunId, path: StepPath, before: Decision, found: Decision): SpellError {
  const text = `A decision for '${path}' of run '${id}' is '${found.as}', expected '${before.as}' as it was decided before.`
  return new SpellError('INPUT_INVALID', text, {
    hint: 'Give the same decision again, or leave it out: a decision is kept in the journal.',
    details: { run_id: id, path, decided: before.as },
  })
}

function strayed(id: RunId, path: StepPath, open: readonly StepPath[]): SpellError {
  const text = `A decision is for '${path}', expected a step of run '${id}' whose outcome is not known.`
  const rest =
    open.length === 0
      ? 'No step of this run needs a decision: leave it out.'
      : `Such steps: ${open.slice(0, 5).join(', ')}.`
  return new SpellError('INPUT_INVALID', text, {
    hint: didYouMean(path, open, rest),
    details: { run_id: id, path, open: open.slice(0, 100) },
  })
}
