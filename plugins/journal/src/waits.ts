import type {
  Json,
  JournalRecord,
  Received,
  StepPath,
  TimerRecord,
  Validator,
  Waiting,
} from '@llmspell/sdk'
import type { Difference } from './ask.ts'
import { BaseAsk } from './asks.ts'
import type { Life } from './life.ts'
import type { RecordBody } from './log.ts'
import type { Kept } from './signals.ts'
import { pack } from './values.ts'
import type { Question } from '@llmspell/sdk'

/** Something that ends by itself after a time. */
abstract class TimedAsk<T> extends BaseAsk<T> {
  override readonly waits: boolean = true
  protected readonly delayMs: number | undefined
  /** It has ended, or was stopped while its beginning was written. */
  protected finished = false
  #undo: (() => void) | undefined

  constructor(life: Life, path: StepPath, delayMs: number | undefined) {
    super(life, path)
    this.delayMs = delayMs
  }

  protected otherDelay(record: JournalRecord): Difference | undefined {
    if (record.kind !== 'timer') return undefined
    const { delayMs } = record.timer
    if (delayMs === this.delayMs) return undefined
    return { expected: `'${record.path}' of ${delayMs} ms`, found: `${this.delayMs} ms` }
  }

  /** Writes down when it began, or finds that in the journal, and calls when the time is over. */
  protected async timed(before: readonly JournalRecord[], fn: () => void): Promise<TimerRecord> {
    const known = before.find((record) => record.kind === 'timer')
    const timer = known?.kind === 'timer' ? known.timer : this.life.timers.begin(this.delayMs ?? 0)
    if (!known) await this.life.note({ kind: 'timer', path: this.path, timer }, true)
    if (!this.life.closed && !this.finished) this.#undo = this.life.timers.when(timer, fn)
    return timer
  }

  protected until(timer: TimerRecord): number {
    return Math.round(this.life.timers.clock.now() + Math.max(0, this.life.timers.left(timer)))
  }

  override fail(error: unknown): void {
    this.finish()
    super.fail(error)
  }

  /** It waits no more. */
  finish(): void {
    this.finished = true
    this.#undo?.()
    this.life.waitsNoMore(this)
  }

  protected fire(done: () => void): void {
    this.finish()
    this.life.settle(this, { kind: 'fired', path: this.path }, { synced: false }, done)
  }
}

export class SleepAsk extends TimedAsk<void> {
  readonly what = 'sleep'

  differs(record: JournalRecord): Difference | undefined {
    if (record.kind !== 'timer' && record.kind !== 'fired') return this.otherKind(record)
    return this.misnamed(record) ?? this.otherDelay(record)
  }

  override settles(record: JournalRecord): boolean {
    return record.kind === 'fired'
  }

  answer(): void {
    this.waiter.resolve()
  }

  start(before: readonly JournalRecord[]): void {
    const fired = (): void => this.fire(() => this.waiter.resolve())
    void this.timed(before, fired).then((timer) => {
      const waiting: Waiting = { path: this.path, for: 'sleep', until: this.until(timer) }
      if (!this.finished) this.life.waitsFor(this, { waiting, timer })
    })
  }
}

interface SignalOptions {
  readonly timeoutMs?: number
  readonly schema?: object
  readonly ask?: Question
}

export class SignalAsk extends TimedAsk<Received<Json> | undefined> {
  readonly what = 'signal'
  readonly name: string
  readonly options: SignalOptions
  validator: Validator | undefined
  #open = false

  constructor(life: Life, path: StepPath, name: string, options: SignalOptions) {
    super(life, path, options.timeoutMs)
    this.name = name
    this.options = options
  }

  differs(record: JournalRecord): Difference | undefined {
    if (!['timer', 'fired', 'arrival'].includes(record.kind)) return this.otherKind(record)
    return this.misnamed(record) ?? this.otherDelay(record)
  }

  override settles(record: JournalRecord): boolean {
    return record.kind !== 'timer'
  }

  answer(record: JournalRecord, value: Json): void {
    if (record.kind !== 'arrival') return this.waiter.resolve(undefined)
    const by = record.by === undefined ? {} : { by: record.by }
    this.waiter.resolve({ payload: value, at: record.at, ...by })
  }

  start(before: readonly JournalRecord[]): void {
    void this.#start(before).catch((error: unknown) => this.life.crashed(error))
  }

  async #start(before: readonly JournalRecord[]): Promise<void> {
    const { schema, ask, timeoutMs } = this.options
    const { path, name } = this
    if (schema) this.validator = await this.life.compile(schema)
    const fired = (): void => this.fire(() => this.waiter.resolve(undefined))
    const timer = timeoutMs === undefined ? undefined : await this.timed(before, fired)
    if (this.life.closed || this.finished) return
    this.#open = true
    const waiting: Waiting = {
      path,
      for: 'signal',
      name,
      ...(timer && { until: this.until(timer) }),
      ...(ask && { question: ask }),
      ...(schema && { schema }),
    }
    this.life.waitsFor(this, { waiting, timer, schema })
    this.life.look()
  }

  /** True where it took the signal. */
  take(signal: Kept): boolean {
    if (!this.#open || this.name !== signal.name) return false
    this.#open = false
    this.finish()
    const packed = pack(signal.payload)
    const by = signal.by === undefined ? {} : { by: signal.by }
    const { path, name } = this
    const body: RecordBody = {
      kind: 'arrival',
      path,
      from: 'signal',
      name,
      value: packed.stored,
      ...by,
    }
    this.life.settle(this, body, { synced: false, packed: [packed], ops: signal.taken }, (record) =>
      this.waiter.resolve({ payload: packed.value, at: record.at, ...by }),
    )
    return true
  }

  override finish(): void {
    this.#open = false
    super.finish()
  }
}
