import { SpellError, durationText, isSpellError, printable } from '@llmspell/sdk'
import type { PlainError } from './protocol.ts'

/** @param signal whose reason is passed on where it has a code */
export function cancelled(subject: string, signal?: AbortSignal): SpellError {
  if (isSpellError(signal?.reason)) return signal.reason
  return new SpellError('CANCELLED', `${subject} was cancelled.`, { cause: signal?.reason })
}

export function timedOut(subject: string, ms: number): SpellError {
  return new SpellError('TIMEOUT', `${subject} did not finish within ${durationText(ms)}.`, {
    hint: 'Ask it for less, or give it simpler input.',
    details: { limit: ms },
  })
}

export function outOfMemory(subject: string, bytes: number): SpellError {
  const size = `${Math.ceil(bytes / 1024 / 1024)} MiB`
  return new SpellError('MEMORY_LIMIT', `${subject} needed more memory than its ${size}.`, {
    hint: 'Give it a smaller input.',
    details: { limit: bytes },
  })
}

export function broken(subject: string, cause: unknown): SpellError {
  const why = cause instanceof Error ? printable(cause.message) : 'it ended by itself'
  return new SpellError('THREAD_FAILED', `The thread of ${subject} broke: ${why}.`, {
    hint: 'Try it again; report it if it happens twice.',
    cause,
  })
}

/** An error without a code of ours, as the function threw it. */
export function plainError({ name, message, code }: PlainError): Error {
  const error = Object.assign(new Error(message), code === undefined ? {} : { code })
  Object.defineProperty(error, 'name', { value: name, configurable: true })
  return error
}
