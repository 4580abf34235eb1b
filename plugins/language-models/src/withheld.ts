import type { LanguageModelV4FinishReason } from '@ai-sdk/provider'
import { SpellError } from '@llmspell/sdk'
import type { ModelChunk, ModelSettings } from '@llmspell/sdk'
import { HINTS } from './kinds.ts'

/** Something that a caller can use; thoughts alone are no answer. */
export const isAnswer = ({ type }: ModelChunk): boolean => type !== 'finish' && type !== 'reasoning'

/** The failure behind an end with nothing before it: held back by the provider, or given up by its model. */
export function withheld(
  { unified, raw }: LanguageModelV4FinishReason,
  model: ModelSettings,
): SpellError | undefined {
  if (unified === 'content-filter') return failure(model, raw, 'safety')
  return unified === 'error' ? failure(model, raw, 'malformed') : undefined
}

function failure(
  { provider }: ModelSettings,
  raw: string | undefined,
  kind: 'safety' | 'malformed',
): SpellError {
  const held = kind === 'safety'
  const what = held ? 'held its answer back' : 'gave up on its answer'
  const why = raw ?? 'no reason'
  const text = `Provider '${provider}' ${what}: expected an answer, found ${why}.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: held ? HINTS.safety : 'Ask again.',
    details: {
      provider,
      kind,
      retryable: !held,
      ...(raw === undefined ? {} : { provider_code: raw }),
    },
  })
}
