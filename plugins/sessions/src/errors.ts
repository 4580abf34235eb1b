import { printable, SpellError } from '@llmspell/sdk'
import type { SessionInfo } from './types.ts'

/** What the id of a session looks like. */
export const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** @throws SESSION_ID_INVALID */
export function checkId(id: string): string {
  if (ID.test(id) && !id.includes('..')) return id
  throw new SpellError(
    'SESSION_ID_INVALID',
    `The id '${printable(id, 60)}' cannot be that of a session: expected 1 to 64 letters, digits, dots and dashes.`,
    { hint: 'Take the id from the list of sessions or from the session itself.' },
  )
}

export function notFound(id: string): SpellError {
  return new SpellError('SESSION_NOT_FOUND', `There is no session '${id}'.`, {
    hint: 'See the list of sessions for those that there are.',
    details: { id },
  })
}

export function ended(verb: string, { id, status }: SessionInfo): SpellError {
  return new SpellError(
    'SESSION_ENDED',
    `Session '${id}' cannot be ${verb}: expected one that goes on, found '${status}'.`,
    { hint: 'Make a new session: one that is completed stays so.', details: { id, status } },
  )
}

export function notReplayable(id: string): SpellError {
  return new SpellError(
    'SESSION_NOT_REPLAYABLE',
    `Session '${id}' cannot be replayed: expected an ended run with a journal, found none.`,
    { hint: 'Run its scripts with --durable.', details: { id } },
  )
}

export function exists(id: string): SpellError {
  return new SpellError('SESSION_EXISTS', `Session '${id}' is here already.`, {
    hint: 'Import it under another id with --as, or delete the one that is here.',
    details: { id },
  })
}

export function conflict(run: string): SpellError {
  return new SpellError(
    'SESSION_RUN_CONFLICT',
    `Run '${run}' of the file cannot be kept: expected a free id or the same run, found another run.`,
    { hint: 'Remove the run that is here with llmspell run prune.', details: { run_id: run } },
  )
}

export function missingService(service: string): SpellError {
  return new SpellError(
    'NOT_AVAILABLE',
    `The file needs the service '${service}', which no plugin here provides.`,
    { hint: `Install a plugin that provides '${service}'.`, details: { service } },
  )
}
