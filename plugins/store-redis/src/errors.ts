import { isSpellError, SpellError } from '@llmspell/sdk'
import { wordOf } from '@llmspell/sdk/store'

const LOST_CODES =
  /^(?:EAGAIN|ECONN\w+|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)$/
const LOST_TEXTS =
  /^(?:Connection is closed|Stream isn't writeable|Command timed out|Command aborted|(?:LOADING|MASTERDOWN|READONLY|BUSY|TRYAGAIN) )/

/** The connection is gone, or its server cannot answer yet: it may in a moment. */
export function isLost(error: unknown): boolean {
  if (isSpellError(error) || !(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return (typeof code === 'string' && LOST_CODES.test(code)) || LOST_TEXTS.test(error.message)
}

/** What is told of an error of the server; never with what it was asked. */
export function told(error: unknown, shown: string): SpellError {
  if (isSpellError(error)) return error
  const text = wordOf(error)
  const [word] = text.split(' ', 1)
  if (word === 'OOM' || word === 'MISCONF') return full(shown, word)
  if (word === 'GONE') return gone(shown)
  if (word === 'ENDED') return snapshotEnded()
  if (word === 'MOVED' || word === 'CROSSSLOT') return unfit(shown, 'one server', 'a cluster')
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The server at '${shown}' refused: found '${text.slice(0, 200)}'.`,
    { hint: "See 'plugins.store-redis' of your config, and the rights of its user." },
  )
}

/** A server that cannot keep a store, whatever its state. */
export function unfit(shown: string, expected: string, found: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The server at '${shown}' cannot keep a store: expected ${expected}, found ${found}.`,
    { hint: "Set it up so, or name another at 'plugins.store-redis.url'." },
  )
}

export function nothingThere(prefix: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The prefix '${prefix}' has no store: expected one to read, found none.`,
    { hint: "Correct 'plugins.store-redis.prefix', or open it for writing once." },
  )
}

export function readOnly(shown: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store at '${shown}' was opened for reading: expected a read, found a write.`,
    { hint: 'Open it for writing.' },
  )
}

export function busy(shown: string, expected: string): SpellError {
  return new SpellError(
    'STATE_BUSY',
    `The store at '${shown}' is busy: expected ${expected} in time, found none.`,
    { hint: "Leave fewer snapshots open, or raise 'views' or 'timeout_ms'; a restore ends soon." },
  )
}

function snapshotEnded(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "The snapshot has ended: expected an open 'snapshot', found one that its server has dropped.",
    { hint: 'Take another snapshot.' },
  )
}

function gone(shown: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store at '${shown}' is gone: expected its rows, found none; the server has lost or removed them.`,
    { hint: "Open it anew to begin with nothing, and see 'appendonly' of the server." },
  )
}

function full(shown: string, word: string): SpellError {
  return new SpellError(
    'STATE_FULL',
    `The server at '${shown}' takes no more writes: expected room, found '${word}'.`,
    { hint: "Raise its 'maxmemory', or make room on its disk; what is in the store can be read." },
  )
}
