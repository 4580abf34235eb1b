import { SpellError, isSpellError } from '@llmspell/sdk'
import type { InteractiveRequest } from '@llmspell/sdk'
import { RunScope } from '../scope.ts'
import { cancelled, timedOut } from '../scope-errors.ts'

/** The scope of a run of entries: what would end the run ends the entry, where one is under way. */
export class EntryScope extends RunScope {
  readonly #timeMs: number | undefined
  /** Takes errors that nothing of the script takes. */
  readonly uncaught: InteractiveRequest['uncaught']
  #entry: { readonly own: AbortController; readonly signal: AbortSignal } | undefined

  constructor({ limits = {}, signal, uncaught, ...options }: InteractiveRequest) {
    const { timeMs, ...rest } = limits
    super({ ...options, limits: rest })
    this.#timeMs = timeMs
    this.uncaught = uncaught
    if (signal) this.#closeWith(signal)
  }

  override get signal(): AbortSignal {
    return this.#entry?.signal ?? super.signal
  }

  override cancel(reason: SpellError): void {
    if (this.#entry) this.#entry.own.abort(this.redactor.error(reason))
    else super.cancel(reason)
  }

  /** An entry is under way until the returned is disposed. Its calls and output are counted from here. */
  begin(signal: AbortSignal | undefined): Disposable {
    this.budget.renew()
    const own = new AbortController()
    // What outlives its entry ends with the run.
    this.#entry = { own, signal: AbortSignal.any([super.signal, own.signal]) }
    const stop = (): void => this.cancel(interrupted(signal!.reason))
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    const clock = this.#startEntryClock()
    return {
      [Symbol.dispose]: () => {
        clearTimeout(clock)
        signal?.removeEventListener('abort', stop)
        this.#entry = undefined
      },
    }
  }

  #startEntryClock(): NodeJS.Timeout | undefined {
    const ms = this.#timeMs
    if (ms === undefined) return undefined
    return setTimeout(() => this.cancel(timedOut(ms)), Math.min(ms, 2 ** 31 - 1))
  }

  #closeWith(signal: AbortSignal): void {
    const stop = (): void => super.cancel(cancelled(signal.reason))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    this.onEnd(() => signal.removeEventListener('abort', stop))
  }
}

function interrupted(reason: unknown): SpellError {
  if (isSpellError(reason)) return reason
  return new SpellError('CANCELLED', 'The entry was interrupted.')
}
