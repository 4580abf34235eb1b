import { SpellError } from '@llmspell/sdk'
import type {
  Decision,
  ExecutorHost,
  HookPoint,
  Json,
  JournalRecord,
  Logger,
  Recorded,
  RunEvent,
  RunRow,
  Stored,
  StepPath,
} from '@llmspell/sdk'
import { bodyOf } from './ask.ts'
import type { Ask } from './ask.ts'
import { outcomeOf } from './asks.ts'
import { Scope } from './context.ts'
import { dropped, mismatch, neverAsked } from './errors.ts'
import { Lane } from './lane.ts'
import type { AppendOptions, RecordBody, RunLog } from './log.ts'
import { parts, ROOT } from './paths.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import type { Turns } from './scheduler.ts'
import type { RunStore } from './store.ts'
import type { Outcome } from './values.ts'

export type Mode = 'live' | 'resume' | 'replay'

/** What lives of all runs are lent. */
export interface Lent {
  readonly host: ExecutorHost
  readonly store: RunStore
  readonly process: string
  readonly patienceMs: number
  readonly point: HookPoint<'run.record'> | undefined
  publish(runId: string, event: RunEvent): void
}

export interface Plan {
  readonly mode: Mode
  readonly log: RunLog
  readonly records: readonly JournalRecord[]
  /** Answers to steps of unknown outcome. */
  readonly decide?: readonly { readonly path: StepPath; readonly decision: Decision }[]
}

/** How a life ended. */
export type LifeEnd =
  | { readonly as: 'ended'; readonly outcome: Outcome }
  | { readonly as: 'stopped'; readonly error: SpellError }

/** One execution of one run, from its first line to its end or to the moment it is dropped. */
export class Life implements Turns {
  readonly #lent: Lent
  readonly #plan: Plan
  readonly #scopes = new Map<StepPath, Scope>()
  readonly #inside = new Map<StepPath, number>()
  readonly #lanes = new Map<Ask, Lane>()
  readonly #over = Promise.withResolvers<LifeEnd>()
  readonly root = new Lane()
  readonly scheduler: Scheduler
  readonly log: RunLog
  random = new Random('')
  live = false
  /** Records as a replay would write them. */
  readonly regenerated: RecordBody[] = []
  #seq = 0
  #ended: Outcome | undefined

  constructor(lent: Lent, plan: Plan) {
    this.#lent = lent
    this.#plan = plan
    this.log = plan.log
    this.scheduler = new Scheduler(plan.records, this, lent.patienceMs)
  }

  get row(): RunRow {
    return this.log.row
  }

  get host(): ExecutorHost {
    return this.#lent.host
  }

  get logger(): Logger {
    return this.host.logger
  }

  get process(): string {
    return this.#lent.process
  }

  get closed(): boolean {
    return this.scheduler.closed
  }

  get mode(): Mode {
    return this.live || this.#plan.records.length <= 1 ? 'live' : this.#plan.mode
  }

  get keyOf(): string {
    const { generation, row } = this.log.stored
    return generation === 0 ? row.runId : `${row.runId}:${generation}`
  }

  run(): Promise<LifeEnd> {
    this.scheduler.wake()
    return this.#over.promise
  }

  nextSeq(): number {
    return this.#seq++
  }

  open(scope: Scope): void {
    this.#scopes.set(scope.path, scope)
  }

  leave(scope: Scope): void {
    this.#scopes.delete(scope.path)
  }

  ask(ask: Ask, lane: Lane): void {
    this.#lanes.set(ask, lane)
    this.scheduler.ask(ask)
  }

  /** Path of a function that is entered inside a step. */
  inside(step: StepPath, scope: Scope): StepPath {
    if (parts(step).scope.split('~', 1)[0] !== scope.path)
      throw new SpellError('INTERNAL', `Step '${step}' is none of the scope '${scope.path}'.`)
    const ordinal = this.#inside.get(step) ?? 0
    this.#inside.set(step, ordinal + 1)
    return `${step}/callback#${ordinal}`
  }

  /** What a composed step gave in an earlier life. */
  async outcomeOf(path: StepPath): Promise<Recorded | undefined> {
    if (this.live) return undefined
    const record = this.scheduler.recorded(path).find(({ kind }) => kind === 'call')
    if (record?.kind !== 'call') return undefined
    const { settled } = record
    return settled.ok ? { ok: true, value: await this.value(settled.value) } : settled
  }

  value(stored: Stored): Promise<Json> {
    return this.#lent.store.value(stored)
  }

  event(event: RunEvent): void {
    this.#lent.publish(this.row.runId, event)
  }

  point(point: string, path: StepPath, kind: string): void {
    const hook = this.#lent.point
    if (hook?.used) hook.call({ run_id: this.row.runId, point, n: this.log.next, path, kind })
  }

  /** A record that settles nothing. */
  note(body: RecordBody, synced: boolean): Promise<void> {
    return new Promise((resolve) => {
      const kind = body.kind === 'intent' ? 'intent' : 'record'
      this.point(`before-${kind}`, body.path, body.kind)
      this.#append(body, { synced }, () => {
        this.point(`after-${kind}`, body.path, body.kind)
        resolve()
      })
    })
  }

  /** A record that settles an ask: delivered in its turn, and not before it is on disk where that matters. */
  settle(
    ask: Ask | undefined,
    body: RecordBody,
    options: AppendOptions,
    deliver: (record: JournalRecord) => void,
  ): void {
    if (this.closed) return
    this.point('before-record', body.path, body.kind)
    const durable = (): void => {
      this.point('after-record', body.path, body.kind)
      if (delivery.ready) return
      delivery.ready = true
      this.scheduler.wake()
    }
    const record = this.#append(body, options, durable)
    if (ask) this.#lanes.delete(ask)
    const ready = !options.synced || this.log.stored.durability === 'none'
    const delivery = { ready, at: record.at, deliver: () => deliver(record) }
    this.scheduler.push(ask, delivery)
  }

  #append(body: RecordBody, options: AppendOptions, durable: () => void): JournalRecord {
    const onDurable = (error?: unknown): void => {
      if (error === undefined) durable()
      else this.crashed(error)
    }
    const record = this.log.append(body, { ...options, onDurable })
    this.event({ type: 'record', record })
    return record
  }

  standing(path: StepPath): { decision: Decision; by: string } | undefined {
    const given = this.#plan.decide?.find((answer) => answer.path === path)
    if (given) return { decision: given.decision, by: 'resume' }
    const { onUnknown } = this.log.stored
    if (onUnknown === 'ask') return undefined
    const failed = { as: 'failed', reason: 'that is the standing rule of the run' } as const
    return { decision: onUnknown === 'fail' ? failed : { as: onUnknown }, by: 'rule' }
  }

  attention(error: SpellError): 'stopped' {
    this.stop(error)
    return 'stopped'
  }

  /** The journal cannot be written, or we are wrong: the run leaves memory, its journal stays as it is. */
  crashed(error: unknown): void {
    this.logger.error(`Run '${this.row.runId}' is dropped: ${String(error)}`)
    const text = error instanceof Error ? error.message : String(error)
    this.stop(
      new SpellError('RUN_SUSPENDED', `Run '${this.row.runId}' is dropped: ${text}`, {
        cause: error,
      }),
    )
  }

  broken(error: SpellError): void {
    if (this.closed) return
    const { pending } = this.scheduler
    this.stop(error)
    for (const ask of pending) ask.fail(error)
  }

  /** Drops it from memory. */
  stop(error: SpellError): void {
    if (this.closed) return
    this.scheduler.close()
    this.#over.resolve({ as: 'stopped', error })
    this.root.drop(dropped(this.row.runId, 'no longer in memory'))
  }

  busy(): boolean {
    return [...this.#scopes.values()].some((scope) => scope.path !== ROOT && scope.busy)
  }

  beyond(): boolean {
    if (this.#plan.mode === 'replay') {
      this.stop(dropped(this.row.runId, 'at the end of its journal'))
      return false
    }
    this.live = true
    if (this.#ended) this.#finish(this.#ended)
    return true
  }

  passed(record: JournalRecord, ask: Ask | undefined): void {
    if (ask) this.#lanes.delete(ask)
    if (this.#plan.mode === 'replay')
      this.regenerated.push(ask?.again(record) ?? this.#again(record))
  }

  #again(record: JournalRecord): RecordBody {
    if (record.kind !== 'end' || !this.#ended) return bodyOf(record)
    return { ...bodyOf(record), outcome: this.#ended.settled } as RecordBody
  }

  unasked(record: JournalRecord): boolean {
    switch (record.kind) {
      case 'begin':
        return this.#begin(record)
      case 'decision':
      case 'pruned':
        return true
      case 'callback':
        return record.within === undefined ? this.#missing(record) : this.#invoke(record)
      case 'end':
        return this.#closing(record)
      default:
        return this.#missing(record)
    }
  }

  #missing(record: JournalRecord): boolean {
    if (this.#ended) this.broken(neverAsked(record, 'the end of the run'))
    return false
  }

  #closing(record: JournalRecord): boolean {
    const [ask] = this.scheduler.pending
    if (!this.#ended) {
      if (ask && !this.busy())
        this.broken(
          mismatch(record, ask.path, { expected: 'the end of the run', found: `'${ask.path}'` }),
        )
      return false
    }
    const outcome = this.#ended
    setImmediate(() => this.#close(outcome))
    return true
  }

  #close(outcome: Outcome): void {
    this.scheduler.close()
    this.#over.resolve({ as: 'ended', outcome })
    this.root.drop(dropped(this.row.runId, 'at its end'))
  }

  #begin(record: Extract<JournalRecord, { kind: 'begin' }>): boolean {
    this.random = new Random(record.seed)
    this.scheduler.clock = record.at
    void this.#main(record).catch((error: unknown) => this.crashed(error))
    return true
  }

  async #main(begin: Extract<JournalRecord, { kind: 'begin' }>): Promise<void> {
    const definition = this.log.stored.definition ?? begin.definition
    const context = new Scope(this, ROOT, this.root)
    const input = await this.value(begin.input)
    const outcome = await outcomeOf(() => this.host.runDefinition(definition, context, input))
    this.leave(context)
    if (this.closed) return
    this.#ended = outcome
    if (this.live) this.#finish(outcome)
    else this.scheduler.wake()
  }

  #invoke(record: Extract<JournalRecord, { kind: 'callback' }>): boolean {
    const { within = '' } = record
    const scope = this.#scopes.get(parts(within).scope.split('~', 1)[0] ?? '')
    if (!scope) return this.#missing(record)
    this.scheduler.clock = record.at
    void this.value(record.args)
      .then((args) => this.host.invokeRecorded(scope, record.ref, args))
      .catch((error: unknown) => this.crashed(error))
    return true
  }

  #finish({ settled, packed }: Outcome): void {
    const body: RecordBody = { kind: 'end', path: ROOT, outcome: settled }
    const reason = settled.ok ? {} : { reason: settled.error }
    const status = settled.ok ? 'succeeded' : 'failed'
    const endedAt = Math.max(this.log.at, this.host.clock?.now() ?? Date.now())
    const expiresAt = endedAt + this.log.stored.retentionMs
    this.log.patch({ row: { status, ...reason, endedAt, expiresAt } })
    this.settle(undefined, body, { synced: true, packed: [packed] }, () =>
      this.#close({ settled, ...(packed && { packed }) }),
    )
  }
}
