import { SpellError, isSpellError } from '@llmspell/sdk'
import type { CallContext, Value } from '@llmspell/sdk'

export interface ResumeChoice {
  readonly uncertain?: 'ask' | 'retry' | 'skip'
}

const UNKNOWN: ReadonlySet<string> = new Set(['FUNCTION_UNKNOWN', 'MODULE_UNKNOWN'])

/**
 * Goes on with another run that its process did not end. That is the business of whoever keeps runs.
 * @throws NOT_AVAILABLE where nobody does; RUN_NOT_FOUND, RUN_ENDED, RESUME_UNCERTAIN
 */
export async function resumeRun(
  runId: string,
  choice: ResumeChoice = {},
  context: CallContext,
): Promise<Value> {
  if (runId === context.runId) throw itself(runId)
  try {
    return ((await context.call('Run', 'resume', [runId, choice])) ?? null) as Value
  } catch (error) {
    if (isSpellError(error) && UNKNOWN.has(error.code)) throw notResumed(runId)
    throw error
  }
}

function notResumed(runId: string): SpellError {
  const text = `The run '${runId}' cannot be resumed by a script here.`
  return new SpellError('NOT_AVAILABLE', text, { hint: `Resume it with: llmspell resume ${runId}` })
}

function itself(runId: string): SpellError {
  return new SpellError('INPUT_INVALID', `The run '${runId}' is the one that asks.`, {
    hint: 'Name a run that has ended before its end.',
  })
}
