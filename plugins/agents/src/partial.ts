import { isSpellError, SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { textOf } from './messages.ts'
import type { TurnRecord } from './turn.ts'

type Details = { readonly [key: string]: Value | undefined }

/** BUDGET_EXCEEDED with what the model had said last, where it does not have it: that was paid for. */
export function withPartial(error: unknown, { said }: TurnRecord): unknown {
  if (!isSpellError(error) || error.code !== 'BUDGET_EXCEEDED') return error
  const details = (error.details ?? {}) as Details
  const text = said
    .filter(({ role }) => role === 'assistant')
    .map(textOf)
    .findLast(Boolean)
  if (text === undefined || details['text'] !== undefined) return error
  return new SpellError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...details, text },
    cause: error,
  })
}
