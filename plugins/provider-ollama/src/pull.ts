import type { HttpLimits, PullProgress } from '@llmspell/sdk'
import { cancelled, cutOff, refusal } from './failures.ts'
import { askLines } from './wire.ts'
import type { Line } from './wire.ts'

const MIB = 1024 * 1024
/** Tens of gigabytes over a slow line, told of several times a second. */
const LIMITS: HttpLimits = { totalMs: 24 * 60 * 60_000, maxBytes: 1024 * MIB }

/** The server fetches the model; what it has already fetched is kept where the reader leaves. */
export async function* pull(line: Line): AsyncGenerator<PullProgress> {
  const { model, options } = line
  if (options.signal.aborted) throw cancelled(model)
  const body = { model: model.model, stream: true }
  for await (const { error, status, completed, total } of askLines(
    line,
    '/api/pull',
    body,
    LIMITS,
  )) {
    if (typeof error === 'string') throw refusal(model, { message: error })
    const text = typeof status === 'string' ? status : ''
    yield {
      status: text,
      ...(isSize(completed) ? { done: completed } : {}),
      ...(isSize(total) ? { total } : {}),
    }
    if (text === 'success') return
  }
  throw cutOff(model)
}

const isSize = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0
