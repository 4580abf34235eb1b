import { randomUUID } from 'node:crypto'
import { SpellError } from '@llmspell/sdk'
import type {
  BlobStore,
  ExecutorCapabilities,
  ExecutorHost,
  HookPoint,
  Json,
  JournalRecord,
  ReplayReport,
  RunEvent,
  RunId,
  RunOutcome,
  RunQuery,
  RunRow,
  StateBackend,
  SubmitRequest,
  WorkflowExecutor,
} from '@llmspell/sdk'
import { Committer } from './committer.ts'
import { encodeRecord, sha256 } from './encode.ts'
import { ended, notFound } from './errors.ts'
import { Life } from './life.ts'
import type { Lent, LifeEnd, Plan } from './life.ts'
import { load } from './load.ts'
import { RunLog } from './log.ts'
import { blobOp, put, RunStore } from './store.ts'
import type { StoredRun } from './store.ts'
import { begun } from './submit.ts'

export interface ExecutorOptions {
  readonly patienceMs: number
  readonly flushMs: number
  readonly retentionMs: number
  readonly point?: HookPoint<'run.record'>
}

const FINAL = new Set(['succeeded', 'failed', 'cancelled'])

interface Going {
  readonly life: Life
  readonly over: Promise<void>
}

/** Service `workflow-executor`: runs in this process, journals in the store of this installation. */
export class EmbeddedExecutor implements WorkflowExecutor {
  readonly id = 'embedded'
  readonly capabilities: ExecutorCapabilities
  readonly #options: ExecutorOptions
  readonly #backend: () => Promise<StateBackend>
  #opened: { store: RunStore; committer: Committer } | undefined
  readonly #going = new Map<RunId, Going>()
  readonly #waiters = new Map<RunId, Set<() => void>>()
  readonly #process = randomUUID()
  #host: ExecutorHost | undefined

  constructor(backend: () => Promise<StateBackend>, options: ExecutorOptions) {
    this.#options = options
    this.#backend = backend
    this.capabilities = {
      distributed: false,
      takeoverMs: null,
      pause: true,
      fork: true,
      durability: ['none', 'os', 'sync'],
      maxResultBytes: 16 * 1024 * 1024,
      maxRecords: 1_000_000,
      timerResolutionMs: 10,
    }
  }

  get #store(): RunStore {
    return this.#open.store
  }

  get #committer(): Committer {
    return this.#open.committer
  }

  get #open() {
    if (this.#opened) return this.#opened
    throw new SpellError('RUNS_UNAVAILABLE', 'The executor of runs is not started.', {
      hint: 'Call start first.',
    })
  }

  readonly blobs: BlobStore = {
    put: async (bytes) => {
      const hash = sha256(bytes)
      await this.#committer.commit([blobOp(hash, bytes)], 'sync')
      return hash
    },
    get: (hash) => this.#store.blob(hash),
  }

  async start(host: ExecutorHost): Promise<void> {
    this.#host = host
    const backend = await this.#backend()
    this.#opened = {
      store: new RunStore(backend),
      committer: new Committer(backend, this.#options.flushMs),
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#going.keys()].map((id) => this.suspend(id)))
    await this.#opened?.committer.flush()
  }

  drain(): never {
    throw new Error('later')
  }
  events(): never {
    throw new Error('later')
  }
  signal(): never {
    throw new Error('later')
  }
  cancel(): never {
    throw new Error('later')
  }
  pause(): never {
    throw new Error('later')
  }
  purge(): never {
    throw new Error('later')
  }
  fork(): never {
    throw new Error('later')
  }

  async submit(request: SubmitRequest): Promise<{ runId: RunId; duplicate: boolean }> {
    const { runId } = request
    if (this.#going.has(runId) || (await this.#store.run(runId))) return { runId, duplicate: true }
    const { stored, begin, input } = begun(request, {
      now: this.#now(),
      retentionMs: this.#options.retentionMs,
      executor: this.id,
    })
    const log = this.#log(stored, { fresh: true })
    const ops = [put(`ref/${request.definition.hash}/${runId}`, true)]
    const record = await new Promise<JournalRecord>((resolve, reject) => {
      const onDurable = (error?: unknown): void =>
        error === undefined ? resolve(first) : reject(error)
      const first = log.append(begin, { synced: true, packed: [input], ops, onDurable })
      if (stored.durability === 'none') resolve(first)
    })
    this.#go({ mode: 'live', log, records: [record] })
    return { runId, duplicate: false }
  }

  async resume(
    id: RunId,
    options: {
      decide?: Plan['decide']
      onUnknown?: StoredRun['onUnknown']
      definition?: StoredRun['definition']
    } = {},
  ): Promise<void> {
    if (this.#going.has(id)) return
    const stored = await this.#known(id)
    if (FINAL.has(stored.row.status)) throw ended(id, stored.row.status)
    const { onUnknown, definition, decide } = options
    const changed = {
      ...stored,
      ...(onUnknown && { onUnknown }),
      ...(definition && { definition }),
    }
    const { log, records } = await this.#loaded(changed)
    this.#go({ mode: 'resume', log, records, ...(decide && { decide }) })
  }

  async result<T extends Json>(
    id: RunId,
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<RunOutcome<T>> {
    const going = this.#going.get(id)
    if (going) await Promise.race([going.over, waited(options)])
    return this.#outcome<T>(await this.#known(id))
  }

  async get(id: RunId): Promise<RunRow | undefined> {
    return this.#going.get(id)?.life.row ?? (await this.#store.run(id))?.row
  }

  async *list(query: RunQuery): AsyncIterable<RunRow> {
    await this.#committer.flush()
    let left = query.limit ?? Number.POSITIVE_INFINITY
    for await (const [, { value }] of this.#store.mine.iterate({
      prefix: 'time/',
      reverse: true,
    })) {
      const stored = await this.#store.run(String(value))
      if (left <= 0) return
      if (!stored) continue
      left--
      yield stored.row
    }
  }

  async *history(id: RunId, { after = -1 }: { after?: number } = {}): AsyncIterable<JournalRecord> {
    await this.#committer.flush()
    const { records } = await load(this.#store, await this.#known(id))
    for (const record of records) if (record.n > after) yield record
  }

  async suspend(id: RunId): Promise<void> {
    const going = this.#going.get(id)
    if (!going) return
    going.life.stop(new SpellError('RUN_SUSPENDED', `Run '${id}' is suspended.`))
    await going.over
    await this.#committer.flush()
  }

  async replay(id: RunId): Promise<ReplayReport> {
    await this.#committer.flush()
    const stored = await this.#known(id)
    const { log, records } = await this.#loaded(stored)
    const life = new Life(this.#lent(), { mode: 'replay', log, records })
    const end = await life.run()
    return this.#report(life, records, end, stored)
  }

  async #report(
    life: Life,
    recorded: readonly JournalRecord[],
    end: LifeEnd,
    stored: StoredRun,
  ): Promise<ReplayReport> {
    const outcome = await this.#outcome<Json>(stored)
    const records: JournalRecord[] = []
    let prev = ''
    for (const [n, body] of life.regenerated.entries()) {
      const old = recorded[n]!
      const record = { ...body, v: 1, n: old.n, at: old.at, prev } as JournalRecord
      records.push(record)
      const encoded = encodeRecord(record)
      const before = encodeRecord(old)
      prev = record.kind === 'pruned' ? record.last : encoded.hash
      if (encoded.hash === before.hash) continue
      const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString().slice(9, 2_009)
      const difference = {
        n: old.n,
        path: old.path,
        expected: text(before.bytes),
        found: text(encoded.bytes),
      }
      return { outcome, records, identical: false, difference }
    }
    if (end.as === 'stopped' && end.error.code === 'REPLAY_MISMATCH') {
      const details = end.error.details as {
        n: number
        path: string
        expected: string
        found: string
      }
      return { outcome, records, identical: false, difference: details }
    }
    return { outcome, records, identical: records.length === recorded.length }
  }

  #go(plan: Plan): void {
    const life = new Life(this.#lent(), plan)
    const { runId } = life.row
    void life.log.change({ row: { status: 'running' } })
    const over = life.run().then((end) => this.#gone(life, end))
    this.#going.set(runId, { life, over })
  }

  async #gone(life: Life, end: LifeEnd): Promise<void> {
    const { runId } = life.row
    if (end.as === 'stopped') {
      const code = end.error.code
      const status =
        code === 'REPLAY_MISMATCH'
          ? 'paused'
          : code === 'RESUME_UNCERTAIN'
            ? 'needs-attention'
            : 'queued'
      const { message, hint, details } = end.error
      const reason = {
        code,
        message,
        ...(hint && { hint }),
        ...(details !== undefined && { details }),
      }
      await life.log
        .change({ row: { status, ...(status === 'queued' ? {} : { reason }) } }, true)
        .catch(() => {})
    }
    this.#going.delete(runId)
  }

  async #loaded(stored: StoredRun): Promise<{ log: RunLog; records: readonly JournalRecord[] }> {
    await this.#committer.flush()
    const { records, bytes, prev } = await load(this.#store, stored)
    const row = { ...stored.row, records: (records.at(-1)?.n ?? -1) + 1, bytes }
    const log = this.#log({ ...stored, row }, { prev, at: records.at(-1)?.at ?? 0 })
    return { log, records }
  }

  #log(stored: StoredRun, rest: { prev?: string; at?: number; fresh?: boolean }): RunLog {
    const onChange = (row: RunRow): void => this.#publish(row.runId, { type: 'status', row })
    return new RunLog(stored, {
      committer: this.#committer,
      now: () => this.#now(),
      onChange,
      ...rest,
    })
  }

  #lent(): Lent {
    if (!this.#host)
      throw new SpellError('RUNS_UNAVAILABLE', 'The executor of runs is not started.')
    return {
      host: this.#host,
      store: this.#store,
      process: this.#process,
      patienceMs: this.#options.patienceMs,
      point: this.#options.point,
      publish: (id, event) => this.#publish(id, event),
    }
  }

  #publish(_id: RunId, _event: RunEvent): void {}

  async #outcome<T extends Json>({ row, generation }: StoredRun): Promise<RunOutcome<T>> {
    if (!FINAL.has(row.status)) return { status: 'pending', run: row }
    if (row.status !== 'succeeded') return { status: row.status as 'failed', error: row.reason! }
    await this.#committer.flush()
    const { records } = await load(this.#store, { row, generation } as StoredRun)
    const end = records.at(-1)
    if (end?.kind !== 'end' || !('ok' in end.outcome) || !end.outcome.ok) throw new Error('no end')
    return { status: 'succeeded', value: (await this.#store.value(end.outcome.value)) as T }
  }

  async #known(id: RunId): Promise<StoredRun> {
    const stored = this.#going.get(id)?.life.log.stored ?? (await this.#store.run(id))
    if (!stored) throw notFound(id)
    return stored
  }

  #now(): number {
    return this.#host?.clock?.now() ?? Date.now()
  }
}

function waited({
  timeoutMs,
  signal,
}: {
  timeoutMs?: number
  signal?: AbortSignal
}): Promise<void> {
  return new Promise((resolve) => {
    if (timeoutMs !== undefined) setTimeout(resolve, timeoutMs).unref()
    signal?.addEventListener('abort', () => resolve())
  })
}
