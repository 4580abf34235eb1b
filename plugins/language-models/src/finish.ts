import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import { countedUsage } from '@llmspell/sdk'
import type { FinishReason, ModelChunk, SeenUsage } from '@llmspell/sdk'

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
  seen: SeenUsage,
): Finish {
  const reason = calls && unified === 'stop' ? 'tool_calls' : REASONS[unified]
  return { type: 'finish', reason, usage: usageOf(usage, seen) }
}

function usageOf(
  { inputTokens, outputTokens }: LanguageModelV4Usage,
  seen: SeenUsage,
): Finish['usage'] {
  const told = {
    inputTokens: inputTokens.total,
    outputTokens: outputTokens.total,
    cachedTokens: inputTokens.cacheRead,
    reasoningTokens: outputTokens.reasoning,
  }
  return countedUsage(told, seen)
}
