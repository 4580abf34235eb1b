import { SpellError, printable } from '@llmspell/sdk'
import type { JailReport } from '@llmspell/sdk'

export function jailMissing(subject: string, { reason, hint }: JailReport): SpellError {
  const message = `${subject} must be shut in, and there is no jail here: ${reason ?? 'unknown'}.`
  return new SpellError('JAIL_MISSING', message, { hint })
}

/** @param why for scripts: without a path of the host */
export function notStarted(subject: string, why: string): SpellError {
  return new SpellError('COMMAND_FAILED', `${subject} did not start: ${printable(why)}.`, {
    hint: 'See that the program and its folder are there.',
  })
}
