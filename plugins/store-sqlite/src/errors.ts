import { SpellError } from '@llmspell/sdk'
import { damaged, full, textOf } from '@llmspell/sdk/store'

const BUSY = 5
const NO_MEMORY = 7
const IO = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const PROTOCOL = 15
const NOT_A_DATABASE = 26
const NO_ROOM_FOR_INDEX = 4874

const resultOf = (error: unknown): number => {
  const { errcode } = (error ?? {}) as { errcode?: unknown }
  return typeof errcode === 'number' ? errcode : 0
}

const sortOf = (error: unknown): number => resultOf(error) & 0xff

export const isBusy = (error: unknown): boolean => [BUSY, PROTOCOL].includes(sortOf(error))

export const isFull = (error: unknown): boolean =>
  sortOf(error) === FULL ||
  resultOf(error) === NO_ROOM_FOR_INDEX ||
  /ENOSPC|EDQUOT/.test((error as NodeJS.ErrnoException | undefined)?.code ?? '')

const isDamaged = (error: unknown): boolean => [CORRUPT, NOT_A_DATABASE].includes(sortOf(error))

const isDisk = (error: unknown): boolean => [IO, CANNOT_OPEN].includes(sortOf(error))

/** What is told of a use of the database that failed. */
export function told(folder: string, error: unknown): SpellError {
  if (error instanceof SpellError) return error
  if (isFull(error)) return full(folder, error)
  if (isDamaged(error)) return damaged(`The store in '${folder}'`, `'${textOf(error)}'`, error)
  if (isBusy(error)) return busy(folder)
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store in '${folder}' cannot be used: expected an open database, found '${textOf(error)}'.`,
    { hint: hintOf(error), cause: error },
  )
}

function hintOf(error: unknown): string {
  if (sortOf(error) === NO_MEMORY) return 'End what uses the memory of this machine, and try again.'
  if (isDisk(error)) return 'See that its disk is there and can be written to, then try again.'
  return 'Use it while the kernel runs.'
}

/** STATE_BUSY of a turn that never came. */
export function busy(folder: string): SpellError {
  return new SpellError(
    'STATE_BUSY',
    `The store in '${folder}' is in use: expected a turn to write, found other processes writing.`,
    {
      hint: "Try again when they write less, or set 'plugins.store-sqlite.busy_ms' higher.",
      details: { folder },
    },
  )
}

/** STATE_DAMAGED of a file that another program has made. */
export function foreign(folder: string): SpellError {
  return damaged(`The store in '${folder}'`, 'tables of another program')
}
