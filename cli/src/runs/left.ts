import { SpellError, type RunRow, type Value } from '@llmspell/sdk'
import { decideCommand, nextCommand, waitText } from './texts.ts'

/** A run that waits and was left. */
export function waitingError(row: RunRow): SpellError {
  const what = row.waiting ? `waits for ${waitText(row.waiting)}` : 'is not at its end'
  return new SpellError('RUN_WAITING', `Run '${row.runId}' ${what}; it was left in its journal.`, {
    hint: `Go on with: ${nextCommand(row)}`,
    details: factsOf(row),
  })
}

/** A run that a person has left. */
export function leftError(row: RunRow): SpellError {
  const text = `Run '${row.runId}' was interrupted and stays in its journal.`
  return new SpellError('CANCELLED', text, {
    hint: `Go on with: llmspell run resume ${row.runId}`,
    details: factsOf(row),
  })
}

/** A run that somebody has to decide about. */
export function uncertainError(row: RunRow, { code, message, details }: SpellError): SpellError {
  const look = `See what is known with: llmspell run show ${row.runId}`
  const decide = decideCommand(row)
  const hint = decide === undefined ? look : `${look}; then decide with: ${decide}`
  return new SpellError(code, message, { hint, details })
}

function factsOf({ runId, waiting }: RunRow): Value {
  return { run_id: runId, ...(waiting ? { waiting: waiting as unknown as Value } : {}) }
}
