import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { FinishReason, ModelChunk } from '@llmspell/sdk'

type Finish = Extract<ModelChunk, { readonly type: 'finish' }>

const REASONS: Readonly<Record<LanguageModelV4FinishReason['unified'], FinishReason>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
  error: 'error',
  interrupted: 'error',
  other: 'other',
}

/** @param calls some servers say `stop` although they call tools */
export function finishOf(
  { unified }: LanguageModelV4FinishReason,
  usage: LanguageModelV4Usage,
  calls: boolean,
): Finish {
  const reason = calls && unified === 'stop' ? 'tool_calls' : REASONS[unified]
  return { type: 'finish', reason, usage: usageOf(usage) }
}

function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): Finish['usage'] {
  const { total: input = 0, cacheRead } = inputTokens
  const { total: output = 0, reasoning } = outputTokens
  return {
    inputTokens: input,
    outputTokens: output,
    ...(cacheRead ? { cachedTokens: cacheRead } : {}),
    ...(reasoning ? { reasoningTokens: reasoning } : {}),
  }
}
