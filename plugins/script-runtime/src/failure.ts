import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, Logger, SpellError } from '@llmspell/sdk'
import { shortId } from './ids.ts'

/**
 * A failure as a script may see it. What no plugin foresaw becomes a constant text with an id, and the real error goes
 * to the log: its message may hold paths and keys of the host.
 */
export function guestRecord(error: unknown, logger: Logger): ErrorRecord {
  if (isSpellError(error)) return withoutForeign(error)
  const id = shortId()
  logger.error(`internal error ${id}`, { error: toErrorRecord(error) })
  return {
    code: 'INTERNAL',
    message: `A plugin failed in a way it did not foresee (error '${id}').`,
    hint: 'The log has the error itself, under this id: report it.',
  }
}

function withoutForeign(error: SpellError): ErrorRecord {
  const { cause: _cause, ...record } = toErrorRecord(error)
  return isSpellError(error.cause) ? { ...record, cause: withoutForeign(error.cause) } : record
}

/** Where a run was ended from outside, the reason of that; else what the script failed with. */
export function reasonOf(error: unknown, signal: AbortSignal): unknown {
  const killed =
    isSpellError(error) && (error.code === 'SESSION_KILLED' || error.code === 'CANCELLED')
  if (!signal.aborted || !(killed || isSpellError(signal.reason))) return error
  return isSpellError(error) && !killed && error.code !== signal.reason.code ? error : signal.reason
}
