import type { ModelChunk, Usage } from '@llmspell/sdk'
import type { AnswerChunk, AnswerFinish, ModelAnswer, ResolvedModel } from './types.ts'

/** All items of a stream. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** US dollars of an answer; 0 where no price is known. */
export function costOf(
  { priceIn = 0, priceOut = 0, priceCached = priceIn }: ResolvedModel,
  { inputTokens, outputTokens, cachedTokens = 0 }: Omit<Usage, 'cost'>,
): number {
  const fresh = Math.max(0, inputTokens - cachedTokens)
  const kept = inputTokens - fresh
  return (fresh * priceIn + kept * priceCached + outputTokens * priceOut) / 1_000_000
}

/** The last chunk with what the manager knows beside the provider. */
export function finishOf(
  chunk: Extract<ModelChunk, { readonly type: 'finish' }>,
  model: ResolvedModel,
  attempts: number,
): AnswerFinish {
  return {
    type: 'finish',
    reason: chunk.reason,
    usage: { ...chunk.usage, cost: costOf(model, chunk.usage) },
    model: model.id,
    provider: model.provider,
    mock: model.mock,
    attempts,
  }
}

/** The chunks of a finished answer as one object. */
export function gather(chunks: readonly AnswerChunk[]): ModelAnswer {
  const of = <T extends AnswerChunk['type']>(type: T) =>
    chunks.filter(
      (chunk): chunk is Extract<AnswerChunk, { readonly type: T }> => chunk.type === type,
    )
  const { type: _, ...finish } = of('finish')[0]!
  const media = of('media')
  return {
    text: of('text')
      .map(({ text }) => text)
      .join(''),
    reasoning: of('reasoning')
      .map(({ text }) => text)
      .join(''),
    ...(media.length === 0 ? {} : { media }),
    toolCalls: of('tool_call'),
    invalidCalls: of('tool_call_invalid'),
    ...finish,
  }
}

/** The chunks of an answer that was changed as a whole. */
export function scatter(answer: ModelAnswer): readonly AnswerChunk[] {
  const { text, reasoning, media = [], toolCalls, invalidCalls, ...finish } = answer
  return [
    ...(reasoning === '' ? [] : [{ type: 'reasoning', text: reasoning } as const]),
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ...media,
    ...toolCalls,
    ...invalidCalls,
    { type: 'finish', ...finish },
  ]
}
