import { setTimeout as sleep } from 'node:timers/promises'
import { SpellError } from '../errors.ts'

const FIRST_MS = 20
const LONGEST_MS = 1000

export interface PatienceOptions {
  /** Host and port, for texts. */
  readonly shown: string
  readonly ms: number
  /** True for an error that a server which comes back may cure. */
  readonly isLost: (error: unknown) => boolean
}

/** Tries again while a server cannot be reached, as long as it was told to. */
export class Patience {
  readonly #options: PatienceOptions
  readonly #closed = new AbortController()

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#closed.abort()
  }

  get signal(): AbortSignal {
    return this.#closed.signal
  }

  /** @throws what `work` throws; STATE_UNAVAILABLE where the server stayed away */
  async through<T>(work: (attempt: number) => Promise<T>): Promise<T> {
    const until = Date.now() + this.#options.ms
    for (let attempt = 0; ; attempt++) {
      try {
        return await work(attempt)
      } catch (error) {
        if (!this.#options.isLost(error)) throw error
        await this.#wait(attempt, until, error)
      }
    }
  }

  async #wait(attempt: number, until: number, error: unknown): Promise<void> {
    const ms = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random())
    if (this.signal.aborted || Date.now() + ms > until) throw unreachable(this.#options, error)
    await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined)
  }
}

function unreachable({ shown, ms }: PatienceOptions, cause: unknown): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The server of the store at '${shown}' cannot be reached: expected an answer within ${ms} ms, found '${wordOf(cause)}'.`,
    { hint: 'See that it runs and that this machine may reach it, then try again.' },
  )
}

/** The code of an error, or its first line. */
export function wordOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string }
  return typeof code === 'string' && code !== '' ? code : (message ?? 'nothing').split('\n')[0]!
}

/** STATE_UNCERTAIN of a commit that may have been written, or not. */
export function uncertain(shown: string): SpellError {
  return new SpellError(
    'STATE_UNCERTAIN',
    `The server of the store at '${shown}' was lost during a commit: expected its answer, found none in time.`,
    { hint: "Read what is there, or repeat it under the same 'once': it is then made once." },
  )
}
