import { randomUUID } from 'node:crypto'
import type {
  ExecutorHost,
  JournalRecord,
  RunId,
  RunRow,
  RunStatus,
  SpellError,
  StateBackend,
} from '@llmspell/sdk'
import { toErrorRecord } from '@llmspell/sdk'
import { Alone } from './alone.ts'
import { child } from './child.ts'
import type { Timers } from './clock.ts'
import { Committer } from './committer.ts'
import type { LifeEnd } from './ending.ts'
import { endOf } from './ending.ts'
import { dropped, notFound } from './errors.ts'
import { Life } from './life.ts'
import type { Lent, Plan } from './lent.ts'
import { Lease } from './lease.ts'
import { load } from './load.ts'
import type { Loaded } from './load.ts'
import { RunLog } from './log.ts'
import type { RunsOptions } from './options.ts'
import { Passive } from './passive.ts'
import { renewed } from './renew.ts'
import { Signals } from './signals.ts'
import { isFinal, STOPPED } from './status.ts'
import { RunStore } from './store.ts'
import type { StoredRun } from './store.ts'
import { Watchers } from './watchers.ts'

const [QUIET_MS, GRACE_MS] = [3_000, 5_000]

export interface Going {
  readonly life: Life
  readonly over: Promise<void>
}

/** The runs of one store: which of them are in memory, and what they are lent. */
export class Runs {
  readonly options: RunsOptions
  readonly host: ExecutorHost
  readonly store: RunStore
  readonly committer: Committer
  readonly timers: Timers
  readonly lease: Lease
  readonly watchers = new Watchers()
  readonly passive = new Passive(this)
  readonly #going = new Map<RunId, Going>()
  readonly #signals = new Map<RunId, Signals>()
  readonly #process = randomUUID()
  readonly #alone = new Alone()
  stopping = false

  constructor(backend: StateBackend, host: ExecutorHost, timers: Timers, options: RunsOptions) {
    this.options = options
    this.host = host
    this.timers = timers
    this.store = new RunStore(backend)
    this.committer = new Committer(backend, options.flushMs)
    this.lease = new Lease(this.store, this.committer, this.#process, options.standing)
    this.committer.fence = () => this.lease.fence
  }

  get graceMs(): number {
    return this.options.graceMs ?? GRACE_MS
  }
  get recovers(): boolean {
    return this.options.recover ?? true
  }

  going(id: RunId): Going | undefined {
    return this.#going.get(id)
  }

  /** Resolves when a life of the run is over, or its time outside of memory; undefined where nobody carries it out. */
  over(id: RunId): Promise<void> | undefined {
    return this.#going.get(id)?.over ?? this.passive.over(id)
  }

  get ids(): readonly RunId[] {
    return [...this.#going.keys()]
  }

  async find(id: RunId): Promise<StoredRun | undefined> {
    const going = this.#going.get(id)
    return going ? going.life.log.stored : this.store.run(id)
  }

  /** @throws RUN_NOT_FOUND */
  async known(id: RunId): Promise<StoredRun> {
    const stored = await this.find(id)
    if (!stored) throw notFound(id)
    return stored
  }

  /** One at a time for each run. */
  alone<T>(id: RunId, work: () => Promise<T>): Promise<T> {
    return this.#alone.run(id, work)
  }

  /** Alone in this process and among all; the run stays with this one while it is in memory. @throws RUN_BUSY */
  held<T>(id: RunId, work: () => Promise<T>): Promise<T> {
    return this.alone(id, () => this.lease.during(id, work, () => this.#going.has(id)))
  }

  signals(id: RunId): Signals {
    const known = this.#signals.get(id)
    if (known) return known
    const signals = new Signals(id, this.store)
    this.#signals.set(id, signals)
    return signals
  }

  async *history(id: RunId, after: number): AsyncIterable<JournalRecord> {
    await this.committer.flush()
    const { records } = await load(this.store, await this.known(id))
    for (const record of records) if (record.n > after) yield record
  }

  /** The journal of a run, cut and its row brought in line where that is needed. @throws JOURNAL_DAMAGED */
  async open(stored: StoredRun): Promise<{ log: RunLog; loaded: Loaded }> {
    await this.committer.flush()
    const loaded = await load(this.store, stored)
    const last = loaded.records.at(-1)
    const records = (last?.n ?? -1) + 1
    const row = { ...stored.row, records, bytes: loaded.bytes }
    const log = this.log({ ...stored, row }, { prev: loaded.prev, at: last?.at ?? 0 })
    if (loaded.cut) await this.#cut(log, loaded.cut)
    if (last?.kind === 'end' && !isFinal(row.status)) {
      const expiresAt = last.at + stored.retentionMs
      await log.change({ row: { ...endOf(last.outcome), endedAt: last.at, expiresAt } }, true)
    } else if (last?.kind !== 'end' && isFinal(row.status)) {
      await log.change({ row: { status: 'queued' } }, true)
    }
    return { log, loaded }
  }

  async #cut(log: RunLog, { n, reason, ops }: NonNullable<Loaded['cut']>): Promise<void> {
    const { runId } = log.row
    this.host.logger.warn(`The journal of run '${runId}' is cut behind record ${n}: ${reason}.`)
    log.rewrite(ops, 0)
    await log.change({}, true)
    this.watchers.publish(runId, { type: 'cut', n, reason })
  }

  log(stored: StoredRun, rest: { prev?: string; at?: number; fresh?: boolean }): RunLog {
    const onChange = (row: RunRow): void =>
      this.watchers.publish(row.runId, { type: 'status', row })
    const { committer, timers } = this
    return new RunLog(stored, { committer, now: () => timers.clock.now(), onChange, ...rest })
  }

  /** Brings a run to life; when its time has come. */
  go(plan: Plan): void {
    const life = new Life(this.lent, plan)
    const { log } = plan
    const { row, startAt = 0 } = log.stored
    const over = this.#when(startAt, life)
      .then((end) => this.#gone(life, end))
      .catch((error: unknown) => this.host.logger.error(`Run '${row.runId}': ${String(error)}`))
    this.#going.set(row.runId, { life, over })
    this.passive.drop(row.runId)
  }

  #when(startAt: number, life: Life): Promise<LifeEnd> {
    if (startAt <= this.timers.clock.now() || life.log.stored.cancel) return this.#begin(life)
    const undo = this.timers.at(startAt, () => void this.#begin(life))
    return life.ending.over.finally(undo)
  }

  #begin(life: Life): Promise<LifeEnd> {
    const { cancel, deadline } = life.log.stored
    if (life.closed) return life.ending.over
    life.log.patch({
      row: { status: cancel ? 'cancelling' : 'running', reason: undefined as never },
    })
    void life.log.change({})
    const undo =
      deadline === undefined ? () => {} : this.timers.at(deadline, () => this.#late(life))
    return life.run().finally(undo)
  }

  /** Whoever resumes it finds that its time is over, where that cannot be written. */
  #late(life: Life): void {
    const late = { code: 'TIMEOUT', reason: 'its time is over' } as const
    this.cancel(life, late).catch((error: unknown) => life.crashed(error))
  }

  /** Accepts a cancellation: it is on disk when it resolves. */
  async cancel(life: Life, cancel: NonNullable<StoredRun['cancel']>): Promise<void> {
    if (life.closed || life.log.stored.cancel || isFinal(life.row.status)) return
    const durable = life.log.change({ cancel, row: { status: 'cancelling' } }, true)
    life.ending.cancel(cancel)
    await durable
  }

  get lent(): Lent {
    const { host, options, timers } = this
    return {
      host,
      timers,
      process: this.#process,
      patience: { patienceMs: options.patienceMs, quietMs: options.quietMs ?? QUIET_MS },
      graceMs: this.graceMs,
      point: options.point,
      value: (stored) => this.store.value(stored),
      signals: (id) => this.signals(id),
      publish: (id, event) => this.watchers.publish(id, event),
      child: (parent, request) => child(this, parent, request),
      compile: async (schema) => {
        if (options.schemas) return options.schemas.compile(schema)
        return Object.assign(() => true, { errors: null })
      },
    }
  }

  async #gone(life: Life, end: LifeEnd): Promise<void> {
    const { runId } = life.row
    if (end.as === 'stopped') await this.#stopped(life, end.error)
    // Whoever asks for its end reads it from the store.
    if (life.log.stored.durability === 'none')
      await this.committer.commit([], 'none').catch(() => {})
    this.#going.delete(runId)
    this.#signals.delete(runId)
    if (end.as === 'again') renewed(this, life, end.input)
    if (!this.#going.has(runId)) this.lease.release(runId)
    if (end.as === 'stopped') this.passive.keep(life.log.stored)
    this.watchers.publish(runId, { type: 'status', row: life.row })
  }

  async #stopped(life: Life, error: SpellError): Promise<void> {
    const { code } = error
    const held: RunStatus = life.log.stored.cancel ? 'cancelling' : 'queued'
    const kept = life.row.waiting ? 'waiting' : held
    const status: RunStatus = STOPPED[code] ?? kept
    const { trace: _trace, where: _where, cause: _cause, ...reason } = toErrorRecord(error)
    const plain = code === 'RUN_SUSPENDED' && error.cause === undefined
    const row = plain ? { status } : { status, reason }
    if (isFinal(life.row.status)) return
    await life.log.change({ row }, true).catch(() => {})
  }

  stop(id: RunId): void {
    this.#going.get(id)?.life.stop(dropped(id, 'suspended'))
  }
}
