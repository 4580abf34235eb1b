import { mkdir } from 'node:fs/promises'
import type { ClassicLevel } from 'classic-level'
import { SpellError } from '@llmspell/sdk'
import { damaged, full, textOf } from '@llmspell/sdk/store'

export type Level = ClassicLevel<Buffer, Buffer>

const KB = 1024

/**
 * Room for the database's log. At the next start the log is written once more as a table, so the reserve must hold it; and
 * the changes that are kept must reach as far back as it does, or a gap in it would not be seen.
 */
export function logBytes(reserve: number): number {
  const most = 2 * KB * KB
  return reserve === 0 ? most : Math.max(64 * KB, Math.min(most, reserve / 4))
}

export async function openLevel(folder: string, writeBufferSize: number): Promise<Level> {
  const { ClassicLevel } = await import('classic-level')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const
  const level: Level = new ClassicLevel<Buffer, Buffer>(folder, encodings)
  await level.open({ writeBufferSize })
  return level
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code

const causes = (error: unknown): unknown[] =>
  error instanceof Error ? [error, ...causes(error.cause)] : []

export const isLocked = (error: unknown): boolean =>
  causes(error).some((each) => codeOf(each) === 'LEVEL_LOCKED')

export const isCorrupt = (error: unknown): boolean =>
  causes(error).some((each) => codeOf(each) === 'LEVEL_CORRUPTION')

export const isFull = (error: unknown): boolean =>
  causes(error).some((each) => /no space left|quota exceeded|ENOSPC|EDQUOT/i.test(textOf(each)))

/** What is told of a database that does not open. */
export function notOpened(folder: string, error: unknown): SpellError {
  const last = causes(error).at(-1)
  if (isFull(error)) return full(folder, error)
  if (isCorrupt(error)) return damaged(`The store in '${folder}'`, `'${textOf(last)}'`, error)
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store in '${folder}' cannot be opened: found '${textOf(last)}'.`,
    { hint: 'See that its disk is there and can be written to.', cause: error },
  )
}

export function notWritten(folder: string, cause: unknown): SpellError {
  if (isFull(cause)) return full(folder, cause)
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store in '${folder}' cannot be written: found '${textOf(causes(cause).at(-1))}'.`,
    { hint: 'See that its disk is there and can be written to, then write again.', cause },
  )
}
