import { isForNextModel, toErrorRecord } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import { answer } from './call.ts'
import type { Ask } from './call.ts'
import type { Hub } from './hub.ts'
import type { AnswerChunk, ModelSpec } from './types.ts'

/** A model, or several that are asked in turn. */
export type ModelChoice = ModelSpec | { readonly models: readonly ModelSpec[] }

/** A question to the first model that can answer. */
export interface ChoiceAsk extends Omit<Ask, 'spec'> {
  readonly spec: ModelChoice | undefined
}

/**
 * The answer of the first model that gives one. The next is asked where one failed for a reason of its own, as long as
 * nothing of its answer was handed on.
 */
export async function* answerOfFirst(
  hub: Hub,
  { spec, ...ask }: ChoiceAsk,
  signal: AbortSignal,
): AsyncGenerator<AnswerChunk> {
  const specs = specsOf(spec)
  for (const [i, each] of specs.entries()) {
    let handed = false
    try {
      for await (const chunk of answer(hub, { ...ask, spec: each }, signal)) {
        handed = true
        yield chunk
      }
      return
    } catch (error) {
      if (handed || i === specs.length - 1 || !isPassed(error)) throw error
      warn(ask.context, error)
    }
  }
}

function specsOf(spec: ModelChoice | undefined): readonly (ModelSpec | undefined)[] {
  if (typeof spec !== 'object' || !('models' in spec)) return [spec]
  return spec.models
}

function isPassed(error: unknown): boolean {
  return isForNextModel(error) || toErrorRecord(error).code === 'PROVIDER_KEY_MISSING'
}

function warn(context: CallContext, error: unknown): void {
  const { code, message } = toErrorRecord(error)
  context.log({ level: 'warn', message: `Asking the next model: ${message}`, data: { code } })
}
