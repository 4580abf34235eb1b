import { SpellError, isSpellError } from '@llmspell/sdk'
import type { RunId, RunRow, WorkflowExecutor } from '@llmspell/sdk'
import type { Attached } from './attached.ts'

const LEAST_MS = 20
const MOST_MS = 500

export interface WatchOptions {
  readonly waitMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Watches a run for its caller: leaves it in its journal where it waits too long or the caller goes, cancels it where told. */
export class Watch {
  readonly #executor: WorkflowExecutor
  readonly #runId: RunId
  readonly #attached: Attached
  readonly #options: WatchOptions
  readonly #over = Promise.withResolvers<never>()
  #timer: NodeJS.Timeout | undefined
  #since: number | undefined
  readonly #abort = (): void => void this.#leave().catch(this.#over.reject)

  constructor(executor: WorkflowExecutor, runId: RunId, attached: Attached, options: WatchOptions) {
    this.#executor = executor
    this.#runId = runId
    this.#attached = attached
    this.#options = options
    this.over.catch(() => {})
    const { signal, waitMs } = options
    if (signal?.aborted) this.#abort()
    signal?.addEventListener('abort', this.#abort, { once: true })
    if (waitMs !== undefined) this.#next(waitMs)
  }

  /** @throws RUN_WAITING when the run was left in its journal */
  get over(): Promise<never> {
    return this.#over.promise
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#options.signal?.removeEventListener('abort', this.#abort)
  }

  #next(waitMs: number): void {
    const ms = Math.min(MOST_MS, Math.max(LEAST_MS, waitMs / 4))
    this.#timer = setTimeout(() => void this.#look(waitMs).catch(this.#over.reject), ms)
  }

  async #look(waitMs: number): Promise<void> {
    const row = await this.#executor.get(this.#runId)
    if (row && this.#waitsTooLong(row, waitMs)) return this.#suspend(row)
    this.#next(waitMs)
  }

  #waitsTooLong({ status, waiting }: RunRow, waitMs: number): boolean {
    if (status !== 'waiting' || this.#attached.asks) {
      this.#since = undefined
      return false
    }
    const now = Date.now()
    this.#since ??= now
    return now - this.#since >= waitMs || (waiting?.until ?? 0) > now + waitMs
  }

  async #leave(): Promise<void> {
    const reason: unknown = this.#options.signal?.reason
    if (isSpellError(reason) && reason.code === 'SUSPENDED')
      return this.#suspend(await this.#executor.get(this.#runId))
    const text = reason instanceof Error ? reason.message : 'its caller stopped it'
    await this.#executor.cancel(this.#runId, { reason: text, mode: 'graceful' })
  }

  async #suspend(row: RunRow | undefined): Promise<void> {
    await this.#executor.suspend(this.#runId)
    this.#over.reject(waiting(this.#runId, row))
  }
}

/** RUN_WAITING: the run is in its journal, and goes on when it is resumed. */
export function waiting(runId: RunId, row: RunRow | undefined): SpellError {
  const { for: what, name, until, question } = row?.waiting ?? {}
  const text = what === undefined ? 'was suspended' : `waits for a ${what}`
  const details = {
    run_id: runId,
    ...(what === undefined ? {} : { for: what }),
    ...(name === undefined ? {} : { name }),
    ...(until === undefined ? {} : { until }),
    ...(question === undefined ? {} : { question: { ...question } as never }),
  }
  return new SpellError('RUN_WAITING', `Run '${runId}' ${text}; its journal stays.`, {
    hint: `Go on with: llmspell resume ${runId}`,
    details,
  })
}
