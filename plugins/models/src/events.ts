import type { CallContext } from '@llmspell/sdk'
import type { LlmEvent, ResolvedModel } from './types.ts'

/** What every payload about a call of a model begins with. */
export function eventOf(context: CallContext, model: ResolvedModel): LlmEvent {
  const actor = context.actors.at(-1)
  return {
    runId: context.runId,
    actor: actor ? `${actor.kind} '${actor.name}'` : 'script',
    model: model.id,
    mock: model.mock,
  }
}
