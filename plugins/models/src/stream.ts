import { answerOfFirst } from './fallback.ts'
import type { ChoiceAsk } from './fallback.ts'
import { collect, gather } from './answer.ts'
import { SpellError } from '@llmspell/sdk'
import type { Hub } from './hub.ts'
import type { AnswerChunk, ModelAnswer } from './types.ts'

/** The whole answer. */
export async function generateAnswer(
  hub: Hub,
  ask: Omit<ChoiceAsk, 'streaming'>,
): Promise<ModelAnswer> {
  // A signal of its own: providers tell the attempts of one call from those of the next by it.
  const signal = AbortSignal.any([ask.context.signal])
  const chunks = answerOfFirst(hub, { ...ask, streaming: false }, signal)
  return gather(await collect(chunks))
}

/** The answer as it comes. A reader that leaves stops the provider at once, even while a chunk is awaited. */
export function streamAnswer(
  hub: Hub,
  ask: Omit<ChoiceAsk, 'streaming'>,
): AsyncIterable<AnswerChunk> {
  return {
    [Symbol.asyncIterator]() {
      const controller = new AbortController()
      const signal = AbortSignal.any([ask.context.signal, controller.signal])
      const chunks = answerOfFirst(hub, { ...ask, streaming: true }, signal)
      return {
        next: () => chunks.next(),
        return: async () => {
          controller.abort(new SpellError('CANCELLED', 'The reader of the stream left.'))
          // A pending `next` fails with the reason above; that is what the reader asked for.
          return chunks.return(undefined).catch(() => ({ done: true as const, value: undefined }))
        },
      }
    },
  }
}
