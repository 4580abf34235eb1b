import { SpellError } from '@llmspell/sdk'
import type {
  AdoptedRun,
  BlobStore,
  ExecutorCapabilities,
  ExecutorHost,
  Json,
  JournalRecord,
  ReplayReport,
  RunEvent,
  RunId,
  RunOutcome,
  RunQuery,
  RunRow,
  Signal,
  StateBackend,
  SubmitRequest,
  WorkflowExecutor,
} from '@llmspell/sdk'
import { adopt } from './adopt.ts'
import { drained, stopped } from './drain.ts'
import { sha256 } from './encode.ts'
import { eventsOf } from './events.ts'
import { fork } from './fork.ts'
import type { ForkRequest } from './fork.ts'
import { listed } from './list.ts'
import { outcomeIn } from './outcome.ts'
import { purge } from './purge.ts'
import { opened } from './recover.ts'
import type { Opened } from './recover.ts'
import { replay } from './replay.ts'
import { resume } from './resume.ts'
import type { ResumeRequest } from './resume.ts'
import type { RunsOptions } from './options.ts'
import type { Runs } from './runs.ts'
import { cancel, pause, signal, suspend } from './steer.ts'
import { seededBy } from './seed.ts'
import { submit } from './start.ts'
import { blobOp } from './store.ts'

/** Service `workflow-executor`: runs in this process, journals in the store of this installation. */
export class EmbeddedExecutor implements WorkflowExecutor {
  readonly id = 'embedded'
  readonly capabilities: ExecutorCapabilities = {
    distributed: false,
    takeoverMs: null,
    pause: true,
    fork: true,
    durability: ['none', 'os', 'sync'],
    maxResultBytes: 16 * 1024 * 1024,
    maxRecords: 1_000_000,
    timerResolutionMs: 10,
  }
  readonly #backend: () => Promise<StateBackend>
  readonly #options: RunsOptions
  #opening: Promise<Opened> | undefined
  #opened: Opened | undefined

  constructor(backend: () => Promise<StateBackend>, options: RunsOptions) {
    this.#backend = backend
    this.#options = options
  }

  readonly blobs: BlobStore = {
    put: async (bytes) => {
      const hash = sha256(bytes)
      await this.#runs.committer.commit([blobOp(hash, bytes)], 'sync')
      return hash
    },
    get: (hash) => this.#runs.store.blob(hash),
  }

  get #runs(): Runs {
    if (this.#opened && !this.#opened.runs.stopping) return this.#opened.runs
    throw new SpellError(
      'RUNS_UNAVAILABLE',
      `The executor of runs is ${this.#opened ? 'stopping' : 'not started'}.`,
      { hint: this.#opened ? 'Start the program again.' : 'Start it first.' },
    )
  }

  /** How many runs are in memory. */
  get inMemory(): number {
    return this.#opened?.runs.ids.length ?? 0
  }

  async start(
    host: ExecutorHost,
    options: { readonly signal: AbortSignal; readonly recover?: boolean },
  ): Promise<void> {
    this.#opening ??= this.#backend().then((backend) =>
      opened(backend, host, { ...this.#options, recover: options.recover ?? true }),
    )
    this.#opened = await this.#opening
    options.signal.addEventListener('abort', () => void this.stop(), { once: true })
  }

  async drain(options: { readonly deadlineMs: number }) {
    return drained(this.#runs, options.deadlineMs)
  }

  async stop(): Promise<void> {
    const open = await this.#opening?.catch(() => undefined)
    if (open) await stopped(open)
  }

  async submit(request: SubmitRequest): Promise<{ runId: RunId; duplicate: boolean }> {
    return submit(this.#runs, request, request.seed && seededBy(request.seed))
  }

  async result<T extends Json>(
    id: RunId,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<RunOutcome<T>> {
    const runs = this.#runs
    const until = options.timeoutMs === undefined ? undefined : Date.now() + options.timeoutMs
    for (let over = runs.over(id); over; over = runs.over(id)) {
      const rest = { ...options, ...(until && { timeoutMs: Math.max(0, until - Date.now()) }) }
      if (await outwaited(over, rest)) break
    }
    return outcomeIn<T>(runs, id)
  }

  async get(id: RunId): Promise<RunRow | undefined> {
    return (await this.#runs.find(id))?.row
  }

  async *list(query: RunQuery): AsyncIterable<RunRow> {
    for await (const { row } of listed(this.#runs, query)) yield row
  }

  history(id: RunId, options: { readonly after?: number } = {}): AsyncIterable<JournalRecord> {
    return this.#runs.history(id, options.after ?? -1)
  }

  events(
    id: RunId,
    options: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<RunEvent> {
    return eventsOf(this.#runs, id, options)
  }

  async signal(id: RunId, sent: Signal): Promise<'accepted' | 'duplicate' | 'ended'> {
    return signal(this.#runs, id, sent)
  }

  async cancel(id: RunId, options: { reason: string; mode: 'graceful' | 'kill' }): Promise<void> {
    return cancel(this.#runs, id, options)
  }

  async pause(id: RunId, reason: string): Promise<void> {
    return pause(this.#runs, id, reason)
  }

  async suspend(id: RunId): Promise<void> {
    return suspend(this.#runs, id)
  }

  async purge(query: RunQuery & { readonly endedBefore: number }): Promise<number> {
    const { endedBefore } = query
    return purge(this.#runs, query, ({ row }) => (row.endedAt ?? endedBefore) < endedBefore)
  }

  async resume(id: RunId, options: ResumeRequest = {}): Promise<void> {
    return resume(this.#runs, id, options)
  }

  async fork(id: RunId, options: ForkRequest): Promise<void> {
    return fork(this.#runs, id, options)
  }

  async adopt(run: AdoptedRun): Promise<boolean> {
    return adopt(this.#runs, run)
  }

  async replay(
    id: RunId,
    options: { readonly until?: number; readonly signal?: AbortSignal } = {},
  ): Promise<ReplayReport> {
    return replay(this.#runs, id, options)
  }
}

/** True where the time or the caller's signal was first. */
function outwaited(
  over: Promise<void>,
  { timeoutMs, signal: given }: { timeoutMs?: number; signal?: AbortSignal },
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (late: boolean) => (): void => {
      clearTimeout(timer)
      given?.removeEventListener('abort', stop)
      resolve(late)
    }
    const stop = end(true)
    const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs)
    if (given?.aborted) return stop()
    given?.addEventListener('abort', stop)
    void over.then(end(false))
  })
}
