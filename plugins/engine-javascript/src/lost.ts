import { SpellError, isSpellError } from '@llmspell/sdk'
import type { HostReply } from '@llmspell/sdk'

/** What a script gets that has used up its memory. */
export function memoryLimit(): SpellError {
  return new SpellError('MEMORY_LIMIT', 'The script used up its memory.', {
    hint: 'Raise --max-memory, or keep less.',
  })
}

/** Why a machine is lost after something of the host was thrown through it. */
export function failureOf(error: unknown): SpellError {
  if (isSpellError(error)) return error
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new SpellError('SCRIPT_ERROR', 'The script nests deeper than the stack of its thread.', {
      hint: 'Nest less, or run with --isolation=worker, where the stack is larger.',
    })
  }
  return new SpellError('ENGINE_FAILED', 'The JavaScript engine broke and was thrown away.', {
    hint: 'Run the script again; report it if it happens twice.',
    cause: error,
  })
}

/** Why a run ends that nothing can go on with. */
export function stuck(): SpellError {
  return new SpellError('SCRIPT_ERROR', 'The script waits for a promise that nothing can fulfil.', {
    hint: 'Fulfil it, or do not await it.',
  })
}

/** Why a machine is lost whose promises never rest. */
export function endless(): SpellError {
  return new SpellError('SCRIPT_ERROR', 'The promises of the script go on without end.', {
    hint: 'Wait for something between the rounds, such as Async.sleep.',
  })
}

export const NO_ANSWER: HostReply = {
  ok: false,
  error: { code: 'INTERNAL', message: 'The host did not answer the call.' },
}

export function unreadable(): SpellError {
  return new SpellError('SCRIPT_ERROR', 'The script failed with an error that cannot be read.')
}
