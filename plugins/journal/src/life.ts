import type {
  Decision,
  ExecutorHost,
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
} from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import type { Timers } from './clock.ts'
import { Doubts } from './doubts.ts'
import { Ending } from './ending.ts'
import type { LifeEnd } from './ending.ts'
import { failedWrite } from './errors.ts'
import { Idle } from './idle.ts'
import type { Wait } from './idle.ts'
import { Lane } from './lane.ts'
import type { Lent, Mode, Plan } from './lent.ts'
import type { AppendOptions, RecordBody, RunLog } from './log.ts'
import { Random } from './random.ts'
import { Recorder } from './recorder.ts'
import { Inbox } from './inbox.ts'
import { Scopes } from './scopes.ts'
import { Scheduler } from './scheduler.ts'
import { LifeTurns } from './turns.ts'
import { ChildAsk } from './step-ask.ts'

/** One execution of one run, from its first line to its end or to the moment it is dropped. */
export class Life {
  readonly lent: Lent
  readonly plan: Plan
  readonly log: RunLog
  readonly turns = new LifeTurns(this)
  readonly scheduler: Scheduler
  readonly recorder: Recorder
  readonly idle: Idle
  readonly inbox: Inbox
  readonly scopes = new Scopes()
  readonly ending: Ending
  readonly root = new Lane()
  readonly doubts = new Doubts(() => this.ending.stepped())
  readonly #lanes = new Map<Ask, Lane>()
  /** With a record that waits for its turn. */
  readonly #settled = new Set<Ask>()
  readonly #large = new Map<string, Json>()
  random = new Random('')
  live = false

  constructor(lent: Lent, plan: Plan) {
    this.lent = lent
    this.plan = plan
    this.log = plan.log
    this.scheduler = new Scheduler(plan.records, this.turns, lent.patience)
    this.idle = new Idle(this)
    this.inbox = new Inbox(this.scheduler)
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
    return this.lent.host.logger
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
    // What the code does behind the last record, such as printing, nobody may have seen.
    const answered = this.live || records.length <= 1 || this.scheduler.passed >= records.length
    return mode !== 'replay' && answered ? 'live' : mode
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

  /** Steps that end by themselves: no function inside of them may wait for what the run would have to give. */
  get underWay(): number {
    const open = this.scheduler.holds || this.idle.waits || this.doubts.held > 0
    const waits = (ask: Ask) => ask instanceof ChildAsk || (open && this.scopes.entered(ask.path))
    return [...this.idle.running].filter((ask) => !waits(ask) && !this.doubts.holds(ask)).length
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
      if (ask) this.lost(ask)
      deliver(record)
    })
  }

  waitsFor(ask: Ask, wait: Wait): void {
    if (!this.closed) this.idle.add(ask, wait)
  }

  waitsNoMore(ask: Ask): void {
    this.idle.remove(ask)
  }

  /** Gives kept signals to those who wait for them. */
  look(): void {
    this.inbox.look()
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

  /** Its end was recorded and has had its turn. */
  lost(ask: Ask): void {
    this.#lanes.delete(ask)
    this.#settled.delete(ask)
  }
}
