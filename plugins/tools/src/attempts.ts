import { SpellError, isSpellError, sleep } from '@llmspell/sdk'
import type { Effect } from '@llmspell/sdk'
import { askedWait, isTransient } from './transient.ts'

/** How often a call may be tried, and how long to wait in between. */
export interface Retry {
  /** The first try included. */
  readonly maxAttempts: number
  readonly delayMs: number
  /** The factor by which the wait grows. */
  readonly backoff: number
}

const LONGEST_WAIT = 60_000

/** What the tries of one call have in common. */
export interface Course {
  attempts: number
  /** Chunks that a reader has got cannot be taken back: then there is no other try. */
  emitted: boolean
  /** What came has text from outside, as the tool itself says. */
  untrusted?: boolean
  /** The plugin that answered in the place of the tool. */
  replacedBy?: string
}

/** @throws TOOL_RETRY_UNSAFE where another try could do a thing twice */
export function checkRetry(tool: string, effect: Effect, retry: Retry | undefined): void {
  if (!retry || retry.maxAttempts <= 1 || effect !== 'unsafe') return
  const message = `Tool '${tool}' cannot be tried again: expected a call that is pure or idempotent, found an unsafe one.`
  throw new SpellError('TOOL_RETRY_UNSAFE', message, {
    hint: 'Leave the option retry out, and look at what the failed call has done before you repeat it.',
    details: { tool, effect },
  })
}

/** Tries until it goes well, fails for good, or all tries are used. */
export async function attempted<T>(
  retry: Retry | undefined,
  course: Course,
  signal: AbortSignal,
  once: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await once()
    } catch (error) {
      const again = retry && course.attempts < retry.maxAttempts && !course.emitted
      if (!again || signal.aborted || !isSpellError(error) || !isTransient(error)) throw error
      await sleep(waitOf(retry, course.attempts, error), signal)
      if (signal.aborted) throw error
      course.attempts++
    }
  }
}

/** Full jitter, so that many callers do not come back at once; never sooner than the other side asks. */
function waitOf({ delayMs, backoff }: Retry, attempt: number, error: SpellError): number {
  const most = Math.min(LONGEST_WAIT, delayMs * backoff ** (attempt - 1))
  return Math.min(LONGEST_WAIT, askedWait(error) + Math.random() * most)
}
