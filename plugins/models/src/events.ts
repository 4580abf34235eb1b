import { createHash } from 'node:crypto'
import type { CallContext } from '@llmspell/sdk'
import type { LlmEvent, ResolvedModel } from './types.ts'

/** What every payload about a call of a model begins with. */
export function eventOf(context: CallContext, model: ResolvedModel): LlmEvent {
  const actor = context.actors.at(-1)
  const line = lineOf(model)
  return {
    runId: context.runId,
    seq: context.seq,
    actor: actor ? `${actor.kind} '${actor.name}'` : 'script',
    model: model.id,
    mock: model.mock,
    ...(line === undefined ? {} : { line }),
  }
}

const lines = new WeakMap<ResolvedModel, string>()

function lineOf(model: ResolvedModel): string | undefined {
  const { id, via, baseUrl, apiKey, settings } = model
  if (baseUrl?.trusted === false || apiKey?.trusted === false) return undefined
  const known = lines.get(model)
  if (known !== undefined) return known
  const text = JSON.stringify([id, via, baseUrl?.value, settings])
  const made = createHash('sha256').update(text).digest('base64url')
  lines.set(model, made)
  return made
}
