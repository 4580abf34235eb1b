import { SpellError } from '@llmspell/sdk'
import type { JournalRecord, RunId, StepPath } from '@llmspell/sdk'
import type { Difference } from './ask.ts'

const CURE = 'Resume it with the text it was started with, or fork it from a mark.'

export function mismatch(
  record: JournalRecord,
  path: StepPath,
  { expected, found }: Difference,
): SpellError {
  return new SpellError(
    'REPLAY_MISMATCH',
    `The run does not fit its journal at record ${record.n}: expected ${expected}, found ${found}.`,
    { hint: CURE, details: { n: record.n, path, recorded: record.path, expected, found } },
  )
}

export function neverAsked(record: JournalRecord, found = 'nothing'): SpellError {
  const expected = `${record.kind} at '${record.path}'`
  return new SpellError(
    'REPLAY_MISMATCH',
    `The run does not fit its journal at record ${record.n}: expected ${expected}, found ${found}.`,
    { hint: CURE, details: { n: record.n, path: record.path, expected, found } },
  )
}

export function notFound(id: RunId): SpellError {
  return new SpellError('RUN_NOT_FOUND', `Run '${id}' is not in this store.`, {
    hint: 'Take its id from the list of runs; ended runs are removed when their time is over.',
    details: { runId: id },
  })
}

export function ended(id: RunId, status: string): SpellError {
  return new SpellError(
    'RUN_ENDED',
    `Run '${id}' cannot go on: expected one that has not ended, found '${status}'.`,
    { hint: 'Fork it, or start a new one.', details: { runId: id, status } },
  )
}

export function busyRun(id: RunId, pid: number | undefined): SpellError {
  const where = pid === undefined ? 'another process' : `process ${pid}`
  return new SpellError(
    'RUN_BUSY',
    `Run '${id}' is under way in ${where}: expected one that nobody carries out.`,
    {
      hint: `Wait until it ends there, or end ${where} and try again.`,
      details: { runId: id, ...(pid !== undefined && { pid }) },
    },
  )
}

export function takenOver(): SpellError {
  const message =
    'The executor of runs cannot go on: another process found it gone, and has taken its place.'
  return new SpellError('RUNS_UNAVAILABLE', message, { hint: 'Start the program again.' })
}

export function cancelled(reason: string, code: 'CANCELLED' | 'TIMEOUT' = 'CANCELLED'): SpellError {
  return new SpellError(
    code,
    `The run was ${code === 'TIMEOUT' ? 'out of time' : 'cancelled'}: ${reason}`,
    {
      hint: 'Start it again when it shall go on.',
    },
  )
}

/** What the signal of a run that is dropped from memory is aborted with. */
export function dropped(id: RunId, why: string): SpellError {
  return new SpellError('RUN_SUSPENDED', `Run '${id}' is ${why}; its journal stays.`, {
    hint: 'Resume it by its id.',
    details: { runId: id },
  })
}

export function failedWrite(id: RunId, cause: unknown): SpellError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new SpellError('RUN_SUSPENDED', `Run '${id}' left memory: ${text}`, {
    hint: 'See to the store, then resume the run by its id.',
    details: { runId: id },
    cause,
  })
}

export function strayStep(step: StepPath, scope: StepPath): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `A function is entered inside the step '${step}': expected a step of the scope '${scope}'.`,
    { hint: 'Enter it on the context that the step was asked for.' },
  )
}

/** What leaves the code of a run that begins a fresh journal. */
export function begunAnew(id: RunId): SpellError {
  return new SpellError('RUN_SUSPENDED', `Run '${id}' begins anew.`, {
    hint: 'Let this error pass: it ends the run here.',
  })
}
