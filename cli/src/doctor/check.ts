import type { Kernel } from '@llmspell/kernel'
import { isSpellError, SpellError, type ErrorRecord } from '@llmspell/sdk'
import { EXIT_CODES, exitCode } from '../exit.ts'
import { errorItems } from '../kernel/open.ts'

/** One line of `llmspell doctor`. */
export interface Check {
  readonly name: string
  /** `off` is what is not set up and need not be. */
  readonly state: 'ok' | 'off' | 'fail'
  readonly text: string
  readonly hint?: string
  /** What the command ends with where this is the first that failed. */
  readonly exit?: number
}

/** A check that failed with an error, or with what is left of one. */
export function failed(name: string, fault: unknown, kernel?: Kernel, hint?: string): Check {
  const error = isSpellError(fault) ? fault : spellError(fault as Partial<ErrorRecord>)
  const shown = hint ?? error.hint
  return {
    name,
    state: 'fail',
    text: error.message,
    ...(shown === undefined ? {} : { hint: shown }),
    exit: exitOf(error, kernel),
  }
}

function spellError({ code = 'INTERNAL', message, hint, cause }: Partial<ErrorRecord>): SpellError {
  const inner = cause && spellError(cause)
  return new SpellError(code, message ?? 'unknown', { hint, cause: inner })
}

/** A wrong config is the user's to mend, however many plugins fail of it. */
function exitOf(error: SpellError, kernel: Kernel | undefined): number {
  for (let at: unknown = error; isSpellError(at); at = at.cause) {
    if (at.code === 'CONFIG_INVALID') return EXIT_CODES.input
  }
  return exitCode(error, errorItems(kernel))
}
