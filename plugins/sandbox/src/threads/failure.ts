import { fromErrorRecord, isSpellError, toErrorRecord } from '@llmspell/sdk'
import { plainError } from './errors.ts'
import type { Failure } from './protocol.ts'

/** What was thrown, as it crosses to another thread or process. */
export function failure(error: unknown): Failure {
  if (isSpellError(error)) return { type: 'coded', error: toErrorRecord(error) }
  const { name, message, code } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : named(error)
  return { type: 'failed', error: { name, message, ...(code === undefined ? {} : { code }) } }
}

/** The error again, on this side. */
export function thrown(crossed: Failure): Error {
  return crossed.type === 'coded' ? fromErrorRecord(crossed.error) : plainError(crossed.error)
}

function named(given: unknown): { name: string; message: string; code?: string } {
  return { name: 'Error', message: String(given) }
}
