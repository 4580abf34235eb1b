import type { Scope } from '../contracts/state.ts'
import { SpellError } from '../errors.ts'
import type { Value } from '../values.ts'

/** A scope for people: `session 'abc'`. */
export function scopeText({ kind, id }: Scope): string {
  return id === '' ? kind : `${kind} '${id}'`
}

/** STATE_DAMAGED of one entry, or of the store. */
export function damaged(subject: string, found: string, cause?: unknown): SpellError {
  return new SpellError('STATE_DAMAGED', `${subject} is damaged: found ${found}.`, {
    hint: "Restore a backup with 'llmspell state restore': the damaged store is set aside.",
    ...(cause === undefined ? {} : { cause }),
  })
}

/** STATE_DAMAGED that names scope and key. */
export function damagedEntry(scope: Scope, key: string, found: string): SpellError {
  return new SpellError(
    'STATE_DAMAGED',
    `The value at '${key}' of ${scopeText(scope)} is damaged: found ${found}.`,
    {
      hint: 'Restore the last backup, or delete the key; see the disk.',
      details: { scope: { ...scope }, key },
    },
  )
}

export function keyInvalid(key: unknown, expected: string, found: string): SpellError {
  return new SpellError(
    'STATE_KEY_INVALID',
    `The key '${String(key).slice(0, 60)}' cannot be used: expected ${expected}, found ${found}.`,
    { hint: 'Choose a short, well-formed text.' },
  )
}

export interface Miss {
  readonly scope: Scope
  readonly key: string
  readonly expected: string
  readonly found: string
}

/** STATE_CONFLICT with the revs as they are. */
const MOST_TOLD = 10

export function conflict(misses: readonly Miss[]): SpellError {
  const first = misses.slice(0, MOST_TOLD)
  const texts = first.map((m) => `'${m.key}' expected ${m.expected}, found ${m.found}`)
  if (misses.length > MOST_TOLD) texts.push(`${misses.length - MOST_TOLD} more`)
  return new SpellError(
    'STATE_CONFLICT',
    `State was changed by somebody else: ${texts.join('; ')}.`,
    {
      hint: 'Read again, compute again, write again.',
      details: { conflicts: misses as unknown as Value },
    },
  )
}

/** STATE_CONFLICT of what should have been at rest. */
export function changedSince(since: bigint, found: bigint): SpellError {
  return new SpellError(
    'STATE_CONFLICT',
    `State was changed by somebody else: expected nothing behind change ${since}, found changes up to ${found}.`,
    { hint: 'Read again, compute again, write again.' },
  )
}

export function invalid(what: string, expected: string, found: string): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `State got an invalid '${what}': expected ${expected}, found ${found}.`,
    { hint: `Give ${expected}.` },
  )
}

export function tooLarge(subject: string, max: number, found: number): SpellError {
  return new SpellError(
    'VALUE_TOO_LARGE',
    `${subject} is too large: expected at most ${max} bytes, found ${found}.`,
    { hint: 'Store it as an artifact and keep its id.', details: { maxBytes: max, found } },
  )
}

/** STATE_UNAVAILABLE of a store that is closed, or not open yet. */
export function notOpen(): SpellError {
  return new SpellError('STATE_UNAVAILABLE', "The store is not open: expected 'open' before.", {
    hint: 'Ask the service of state for the store, and use it before the kernel stops.',
  })
}

export function backupDamaged(found: string): SpellError {
  return new SpellError(
    'STATE_BACKUP_DAMAGED',
    `The backup is damaged: expected whole frames and a trailer, found ${found}.`,
    { hint: 'Take another backup; nothing of this one was restored.' },
  )
}
