import { SpellError, isSpellError } from '@llmspell/sdk'

/** TIMEOUT of a run. */
export function timedOut(ms: number): SpellError {
  return new SpellError('TIMEOUT', `The script did not end within its limit of ${ms} ms.`, {
    hint: 'Raise --max-time, or do less.',
    details: { limit: ms },
  })
}

/** MEMORY_LIMIT of what a run keeps in its host. */
export function tooMuchOpen(limit: number): SpellError {
  const text = `The calls that wait carry more than the script's memory of ${limit} bytes.`
  return new SpellError('MEMORY_LIMIT', text, {
    hint: 'Let fewer calls wait at a time, or raise --max-memory.',
  })
}

/** The reason of a caller, else CANCELLED. */
export function cancelled(reason: unknown): SpellError {
  if (isSpellError(reason)) return reason
  return new SpellError('CANCELLED', 'The run was cancelled by its caller.', { cause: reason })
}
