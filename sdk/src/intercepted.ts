import { SpellError } from './errors.ts'
import { sleep } from './sleep.ts'
import type { FinalVerdict } from './verdicts.ts'

type Cancelled = Extract<FinalVerdict, { readonly type: 'cancel' }>
type Again = Extract<FinalVerdict, { readonly type: 'retry' }>

const USUAL_ATTEMPTS = 3
const MOST_ATTEMPTS = 10
const LONGEST_WAIT = 60_000
const MOST_REDIRECTS = 5

/** HOOK_CANCELLED with the reason of a hook. */
export function cancelledBy(subject: string, point: string, said: Cancelled): SpellError {
  const { reason, hint, by } = said
  const text = `${subject} was cancelled by a hook: ${reason}`
  return new SpellError('HOOK_CANCELLED', /[.!?]$/.test(text) ? text : `${text}.`, {
    hint: hint ?? 'Change what the hook objects to.',
    details: { hook: point, reason, by },
  })
}

/** HOOK_RESULT_INVALID: what a hook gave does not fit the operation. */
export function misfit(point: string, expected: string, found: string, by?: string): SpellError {
  const who = by === undefined ? 'A hook' : `A hook of '${by}'`
  const text = `${who} at '${point}' gave what does not fit: expected ${expected}, found ${found}`
  return new SpellError('HOOK_RESULT_INVALID', /[.!?]$/.test(text) ? text : `${text}.`, {
    hint: 'See the payload and the results of the point in docs/hooks.md.',
    details: { hook: point, ...(by === undefined ? {} : { by }) },
  })
}

/** Bounds what hooks may ask for in one operation: how often it runs again, and how often another does it. */
export class HookRounds {
  /** The first one included. */
  attempts = 1
  #redirects = 0

  /** Waits, and counts another attempt; false where there is none left or the operation was ended. */
  async again({ delayMs = 0, maxAttempts }: Again, signal: AbortSignal): Promise<boolean> {
    const most = Math.min(MOST_ATTEMPTS, maxAttempts ?? USUAL_ATTEMPTS)
    if (this.attempts >= most || signal.aborted) return false
    if (delayMs > 0) await sleep(Math.min(LONGEST_WAIT, delayMs), signal)
    if (signal.aborted) return false
    this.attempts++
    return true
  }

  /** @throws HOOK_RESULT_INVALID where hooks send an operation on and on */
  redirected(point: string, { by, to }: { readonly by: string; readonly to: string }): string {
    if (++this.#redirects <= MOST_REDIRECTS) return to
    const most = `at most ${MOST_REDIRECTS} redirects of one operation`
    throw misfit(point, most, `another one, to '${to}'`, by)
  }
}
