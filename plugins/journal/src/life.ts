import type {
  Decision,
  DefinitionRef,
  ExecutorHost,
  HookPoint,
  Json,
  JournalRecord,
  Logger,
  Recorded,
  RunEvent,
  RunRow,
  SpellError,
  StepPath,
  Stored,
  Validator,
  Waiting,
} from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import type { Timers } from './clock.ts'
import type { Scope } from './context.ts'
import { encodeRecord } from './encode.ts'
import { Ending } from './ending.ts'
import type { LifeEnd } from './ending.ts'
import { dropped, failedWrite, strayStep } from './errors.ts'
import { Idle } from './idle.ts'
import { Lane } from './lane.ts'
import type { AppendOptions, RecordBody, RunLog } from './log.ts'
import { ROOT, scopeOf } from './paths.ts'
import { Random } from './random.ts'
import { Recorder } from './recorder.ts'
import { Scheduler } from './scheduler.ts'
import type { Turns } from './scheduler.ts'
import type { Kept, Signals } from './signals.ts'
import { ChildAsk } from './step-ask.ts'
import { SignalAsk } from './waits.ts'

export type Mode = 'live' | 'resume' | 'replay'

/** What lives of all runs are lent. */
export interface Lent {
  readonly host: ExecutorHost
  readonly process: string
  readonly patienceMs: number
  readonly point: HookPoint<'run.record'> | undefined
  readonly timers: Timers
  value(stored: Stored): Promise<Json>
  compile(schema: object): Promise<Validator>
  signals(runId: string): Signals
  publish(runId: string, event: RunEvent): void
  /** Runs another run to its end. */
  child(parent: Life, request: ChildRequest): Promise<Json>
}

export interface ChildRequest {
  readonly path: StepPath
  readonly key: string
  readonly definition: DefinitionRef
  readonly input: Json
  readonly onParentCancel: 'cancel' | 'leave'
  readonly signal: AbortSignal
}

export interface Plan {
  readonly mode: Mode
  readonly log: RunLog
  readonly records: readonly JournalRecord[]
  /** Answers to steps of unknown outcome. */
  readonly decide?: readonly { readonly path: StepPath; readonly decision: Decision }[]
}

/** One execution of one run, from its first line to its end or to the moment it is dropped. */
export class Life implements Turns {
  readonly lent: Lent
  readonly plan: Plan
  readonly log: RunLog
  readonly scheduler: Scheduler
  readonly recorder: Recorder
  readonly idle: Idle
  readonly ending: Ending
  readonly root = new Lane()
  readonly #scopes = new Map<StepPath, Scope>()
  /** Functions entered inside steps: how many in each. */
  readonly #inside = new Map<StepPath, number>()
  readonly #lanes = new Map<Ask, Lane>()
  /** What has its record and waits for its turn. */
  readonly #settled = new Set<Ask>()
  /** Records as a replay would write them. */
  readonly regenerated: RecordBody[] = []
  readonly #kept: Kept[] = []
  readonly #large = new Map<string, Json>()
  random = new Random('')
  live = false
  /** How much was asked for. */
  seq = 0

  constructor(lent: Lent, plan: Plan) {
    this.lent = lent
    this.plan = plan
    this.log = plan.log
    this.scheduler = new Scheduler(plan.records, this, lent.patienceMs)
    this.idle = new Idle(this)
    this.ending = new Ending(this)
    this.recorder = new Recorder({
      log: plan.log,
      scheduler: this.scheduler,
      point: lent.point,
      recorded: (record) => this.event({ type: 'record', record }),
      failed: (error) => this.crashed(error),
    })
  }

  get row(): RunRow {
    return this.log.row
  }

  get host(): ExecutorHost {
    return this.lent.host
  }

  get logger(): Logger {
    return this.host.logger
  }

  get process(): string {
    return this.lent.process
  }

  get timers(): Timers {
    return this.lent.timers
  }

  get closed(): boolean {
    return this.scheduler.closed
  }

  get answering(): boolean {
    return this.scheduler.answering
  }

  get mode(): Mode {
    const { mode, records } = this.plan
    return mode !== 'replay' && (this.live || records.length <= 1) ? 'live' : mode
  }

  /** What keys of steps are made from: another journal under the same id has other keys. */
  get keyOf(): string {
    const { generation, row } = this.log.stored
    return generation === 0 ? row.runId : `${row.runId}:${generation}`
  }

  run(): Promise<LifeEnd> {
    void this.#fetch().then(
      () => this.scheduler.wake(),
      (error: SpellError) => this.stop(error),
    )
    return this.ending.over
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

  /** What waits in a lane fails; what is under way hears of it by its signal. */
  cancel(lane: Lane, error: unknown): void {
    const { pending } = this.scheduler
    lane.cancel(error)
    for (const ask of pending) {
      if (this.#lanes.get(ask)?.within(lane) && this.#stoppable(ask)) ask.fail(error)
    }
  }

  /** True where no record will come of it. What is under way ends by its signal. */
  #stoppable(ask: Ask): boolean {
    if (!ask.waits || this.#settled.has(ask)) return false
    return !this.scheduler.recorded(ask.path).some((record) => ask.settles(record))
  }

  /** Path of a function that is entered inside a step. */
  inside(step: StepPath, scope: Scope): StepPath {
    if (scopeOf(step) !== scope.path) throw strayStep(step, scope.path)
    const ordinal = this.#inside.get(step) ?? 0
    this.#inside.set(step, ordinal + 1)
    return `${step}/callback#${ordinal}`
  }

  /** Steps that end by themselves: they wait for nothing that the run would have to give them. */
  get underWay(): number {
    const waits = (ask: Ask): boolean => ask instanceof ChildAsk || this.#inside.has(ask.path)
    return [...this.idle.running].filter((ask) => !waits(ask)).length
  }

  /** What a composed step gave in an earlier life. */
  outcomeOf(path: StepPath): Recorded | undefined {
    const record = this.scheduler.recorded(path).find(({ kind }) => kind === 'call')
    if (record?.kind !== 'call') return undefined
    const { settled } = record
    if (!settled.ok) return settled
    const { value } = settled
    return {
      ok: true,
      value: 'inline' in value ? value.inline : (this.#large.get(value.blob) ?? null),
    }
  }

  /** Large values that work is told of at its very beginning: there is no time to wait for them then. */
  async #fetch(): Promise<void> {
    for (const record of this.plan.records) {
      if (record.kind !== 'call' || record.effect !== 'composed' || !record.settled.ok) continue
      const { value } = record.settled
      if ('blob' in value) this.#large.set(value.blob, await this.value(value))
    }
  }

  value(stored: Stored): Promise<Json> {
    return this.lent.value(stored)
  }

  compile(schema: object): Promise<Validator> {
    return this.lent.compile(schema)
  }

  event(event: RunEvent): void {
    this.lent.publish(this.row.runId, event)
  }

  point(point: string, path: StepPath, kind: string): void {
    this.recorder.point(point, path, kind)
  }

  note(body: RecordBody, synced: boolean): Promise<void> {
    return this.recorder.note(body, synced)
  }

  settle(
    ask: Ask | undefined,
    body: RecordBody,
    options: AppendOptions,
    deliver: (record: JournalRecord) => void,
  ): void {
    if (ask) this.#settled.add(ask)
    this.recorder.settle(ask, body, options, (record) => {
      if (ask) this.#lanes.delete(ask)
      if (ask) this.#settled.delete(ask)
      deliver(record)
    })
  }

  waitsFor(ask: Ask, waiting: Waiting): void {
    if (!this.closed) this.idle.add(ask, waiting)
  }

  waitsNoMore(ask: Ask): void {
    this.idle.remove(ask)
  }

  /** Takes a signal that was accepted. */
  arrives(...signals: Kept[]): void {
    this.#kept.push(...signals)
    this.look()
  }

  /** Gives kept signals to those who wait for them, in order of acceptance and of asking. */
  look(): void {
    for (const ask of this.signalled) {
      for (const signal of this.#kept.filter(({ name }) => name === ask.name)) {
        if (ask.validator && !ask.validator(structuredClone(signal.payload))) continue
        if (ask.take(signal)) this.#kept.splice(this.#kept.indexOf(signal), 1)
        break
      }
    }
  }

  /** Waits for signals, in order of asking. */
  get signalled(): readonly SignalAsk[] {
    return this.scheduler.pending.filter((ask) => ask instanceof SignalAsk)
  }

  standing(path: StepPath): { decision: Decision; by: string } | undefined {
    const given = this.plan.decide?.find((answer) => answer.path === path)
    if (given) return { decision: given.decision, by: 'resume' }
    const { onUnknown } = this.log.stored
    if (onUnknown === 'ask') return undefined
    const failed = { as: 'failed', reason: 'that is the standing rule of the run' } as const
    return { decision: onUnknown === 'fail' ? failed : { as: onUnknown }, by: 'rule' }
  }

  /** The journal cannot be written, or we are wrong: the run leaves memory, its journal stays as it is. */
  crashed(error: unknown): void {
    if (this.closed) return
    const text = error instanceof Error ? error.message : String(error)
    this.logger.error(`Run '${this.row.runId}' leaves memory: ${text}`)
    this.stop(failedWrite(this.row.runId, error))
  }

  broken(error: SpellError): void {
    if (this.closed) return
    const { pending } = this.scheduler
    this.stop(error)
    for (const ask of pending) ask.fail(error)
  }

  /** Drops it from memory. */
  stop(error: SpellError): void {
    this.ending.stopped(error)
  }

  busy(): boolean {
    return [...this.#scopes.values()].some((scope) => scope.path !== ROOT && scope.busy)
  }

  /** Everything recorded has had its turn. */
  beyond(): boolean {
    if (this.plan.mode === 'replay') {
      this.stop(dropped(this.row.runId, 'at the end of its journal'))
      return false
    }
    this.live = true
    void this.lent
      .signals(this.row.runId)
      .kept()
      .then(
        (kept) => this.arrives(...kept),
        (error: unknown) => this.crashed(error),
      )
    return true
  }

  holds(): boolean {
    return this.ending.leaving || this.ending.pendingCancel !== undefined
  }

  rests(): void {
    this.idle.look()
  }

  began(): void {
    this.ending.began()
    this.idle.look()
  }

  passed(record: JournalRecord, ask: Ask | undefined): void {
    if (ask && ask.settles(record)) this.#lanes.delete(ask)
    if (this.plan.mode === 'replay')
      this.regenerated.push(ask?.again(record) ?? this.ending.again(record))
    if (this.recorder.loops.size === 0) return
    const { bytes, hash } = encodeRecord(record)
    const last = record.kind === 'pruned' ? record.last : hash
    for (const loop of this.recorder.loops) loop.takes(record, bytes.byteLength, last)
  }

  unasked(record: JournalRecord): boolean {
    switch (record.kind) {
      case 'decision':
      case 'pruned':
        return true
      case 'callback':
        return record.within === undefined ? this.ending.missing(record) : this.#invoke(record)
      default:
        return this.ending.unasked(record)
    }
  }

  #invoke(record: Extract<JournalRecord, { kind: 'callback' }>): boolean {
    const { within = '' } = record
    const scope = this.#scopes.get(scopeOf(within))
    if (!scope) return this.ending.missing(record)
    this.scheduler.clock = record.at
    void this.value(record.args)
      .then((args) => this.host.invokeRecorded(scope, record.ref, args))
      .catch((error: unknown) => this.crashed(error))
    return true
  }
}
