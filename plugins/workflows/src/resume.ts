import { SpellError, didYouMean } from '@llmspell/sdk'
import type { CallContext, Value } from '@llmspell/sdk'
import type { House } from './house.ts'

export interface ResumeChoice {
  readonly uncertain?: 'ask' | 'retry' | 'skip'
}

/**
 * Goes on with a run of its own: the one that asks cannot be it.
 * @throws NOT_AVAILABLE where no plugin resumes runs; RUN_NOT_FOUND, RUN_ENDED, RESUME_UNCERTAIN
 */
export async function resumeRun(
  { runtime }: House,
  runId: string,
  choice: ResumeChoice | undefined,
  context: CallContext,
): Promise<Value> {
  if (runId === context.runId) throw itself(runId)
  const onUnknown = choice?.uncertain
  const { grants, signal } = context
  const result = await runtime().resume(runId, {
    grants,
    signal,
    ...(context.ask ? { ask: context.ask } : {}),
    ...(onUnknown === undefined ? {} : { onUnknown }),
  })
  return result.value ?? null
}

function itself(runId: string): SpellError {
  return new SpellError('INPUT_INVALID', `The run '${runId}' is the one that asks.`, {
    hint: didYouMean('', [], 'Name a run that has ended before its end.'),
  })
}
