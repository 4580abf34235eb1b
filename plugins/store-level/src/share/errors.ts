import { SpellError } from '@llmspell/sdk'
import { textOf } from '@llmspell/sdk/store'

/** The owner is gone, or hands over: whoever asked looks for the next one. Never leaves this folder. */
export class Lost extends Error {
  /** True where the owner may have done what it was asked for. */
  readonly begun: boolean
  /** True where it is there and says nothing. */
  readonly silent: boolean

  constructor(begun: boolean, silent = false) {
    super('The owner of the store is lost.')
    this.begun = begun
    this.silent = silent
  }
}

/** Bytes that no peer of ours sends. */
export class Garbled extends Error {}

export function ownerLost(what: string): SpellError {
  return new SpellError(
    'STATE_OWNER_LOST',
    `The process that owns the store ended during '${what}': expected an answer, found none.`,
    { hint: 'Read what is there, then decide whether to do it again.', details: { during: what } },
  )
}

export function snapshotLost(seq: bigint): SpellError {
  return new SpellError(
    'STATE_OWNER_LOST',
    `The snapshot of change '${seq}' is gone: the process that held it ended.`,
    { hint: 'Take another snapshot and read again.', details: { during: 'snapshot' } },
  )
}

export function silentOwner(folder: string, pid?: number): SpellError {
  return busy(folder, `process ${pid ?? '?'} that owns it and does not answer`, pid)
}

export function neverFree(folder: string, pid?: number): SpellError {
  const found = pid === undefined ? 'others that open it' : `process ${pid} that serves nobody`
  return busy(folder, found, pid)
}

function busy(folder: string, found: string, pid?: number): SpellError {
  return new SpellError(
    'STATE_BUSY',
    `The store in '${folder}' is in use: expected an owner that serves it, found ${found}.`,
    {
      hint: 'See what that process does, end it, or try again.',
      details: { folder, ...(pid === undefined ? {} : { pid }) },
    },
  )
}

export function notListening(path: string, cause: unknown): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store cannot be served at '${path}': expected a socket or nothing there, found '${textOf(cause)}'.`,
    { hint: 'Take away what is at that path, and see that it can be written to.', cause },
  )
}

export function otherVersion(path: string, expected: number, found: Record<string, unknown>) {
  const { hello, pid } = found
  return new SpellError(
    'STATE_BUSY',
    `The store at '${path}' is in use by another version: expected protocol '${expected}', found '${String(hello)}'.`,
    { hint: `End process ${String(pid)}, or use the version of llmspell that it runs.` },
  )
}

/** STATE_UNAVAILABLE of a folder in which nothing can be written: the database needs to, even to be read. */
export function unwritable(folder: string, cause: unknown): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store in '${folder}' cannot be opened: expected a disk with room that can be written to, found '${textOf(cause)}'.`,
    { hint: 'Make room on that disk, or copy the folder to one that can be written to.', cause },
  )
}
