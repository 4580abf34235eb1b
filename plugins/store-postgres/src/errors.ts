import { isSpellError, SpellError } from '@llmspell/sdk'
import { wordOf } from '@llmspell/sdk/store'

const LOST_CODES =
  /^(?:08...|57P0[1-5]|53300|EAGAIN|ECONN\w+|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)$/
const LOST_TEXTS =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|Query read timeout)/

/** The connection is gone, or there was none: the server may be back in a moment. */
export function isLost(error: unknown): boolean {
  if (isSpellError(error) || !(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return LOST_CODES.test(code)
  return LOST_TEXTS.test(error.message)
}

/** Two commits that wait for each other, or a place that changed while it was read: the server undid one of them. */
export const isRaced = (error: unknown): boolean =>
  !isSpellError(error) && /^40(?:001|P01)$/.test(wordOf(error))

/** What is told of an error of the server; never with what it was asked. */
export function told(error: unknown, shown: string): SpellError {
  if (isSpellError(error)) return error
  const word = wordOf(error)
  if (/^53[12]00$/.test(word)) return full(shown)
  if (word === '55P03' || word.startsWith('timeout exceeded')) return busy(shown)
  if (/^(?:57014|25P03)$/.test(word)) return late(shown)
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The database at '${shown}' refused: found '${textOf(error)}'.`,
    { hint: "See 'plugins.store-postgres' of your config, and the rights of its user." },
  )
}

export function snapshotEnded(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "The snapshot has ended: expected an open 'snapshot', found a connection that was lost.",
    { hint: 'Take another snapshot.' },
  )
}

export function readOnly(shown: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store at '${shown}' was opened for reading: expected a read, found a write.`,
    { hint: 'Open it for writing.' },
  )
}

function full(shown: string): SpellError {
  return new SpellError(
    'STATE_FULL',
    `The disk of the database at '${shown}' is full: expected room for a write, found none.`,
    { hint: 'Make room on that disk and write again; what is in the store can be read.' },
  )
}

function busy(shown: string): SpellError {
  return new SpellError(
    'STATE_BUSY',
    `The database at '${shown}' is busy: expected a free connection or lock in time, found none.`,
    {
      hint: "Leave fewer snapshots and long reads open, or raise 'views', 'connections' or 'timeout_ms'.",
    },
  )
}

function late(shown: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The database at '${shown}' took too long: expected an answer in time, found none.`,
    { hint: "Raise 'plugins.store-postgres.timeout_ms', or see what loads the database." },
  )
}

/** First line of what the server says; node-postgres puts no secret there. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0]!.slice(0, 200)
}
