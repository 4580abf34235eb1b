import type { LanguageModelV4FinishReason } from '@ai-sdk/provider'
import { SpellError } from '@llmspell/sdk'
import type { FailureKind, ModelChunk, ModelSettings } from '@llmspell/sdk'
import { HINTS } from './kinds.ts'

interface Withheld {
  readonly kind: FailureKind
  readonly retryable: boolean
  readonly what: string
  readonly hint: string
}

const HELD: Withheld = {
  kind: 'safety',
  retryable: false,
  what: 'held its answer back',
  hint: HINTS.safety,
}
const GIVEN_UP: Withheld = {
  kind: 'malformed',
  retryable: true,
  what: 'gave up on its answer',
  hint: 'Ask again.',
}
const NONE: Withheld = {
  kind: 'malformed',
  retryable: false,
  what: 'gave no answer of a model',
  hint: 'Check the base URL.',
}

/** Something that a caller can use; thoughts alone are no answer. */
export const isAnswer = ({ type }: ModelChunk): boolean => type !== 'finish' && type !== 'reasoning'

/** The failure behind an end with nothing before it: held back by the provider, given up by its model, or no end at all. */
export function withheld(
  { unified, raw }: LanguageModelV4FinishReason,
  model: ModelSettings,
): SpellError | undefined {
  if (unified === 'content-filter') return failure(model, raw, HELD)
  if (unified === 'error') return failure(model, raw, GIVEN_UP)
  return unified === 'other' && raw === undefined ? failure(model, raw, NONE) : undefined
}

function failure(
  { provider }: ModelSettings,
  raw: string | undefined,
  { kind, retryable, what, hint }: Withheld,
): SpellError {
  const text = `Provider '${provider}' ${what}: expected an answer, found ${raw ?? 'none'}.`
  const code = raw === undefined ? {} : { provider_code: raw }
  return new SpellError('PROVIDER_FAILED', text, {
    hint,
    details: { provider, kind, retryable, ...code },
  })
}
