import type { Json, JournalRecord, StepPath } from '@llmspell/sdk'
import { bodyOf } from './ask.ts'
import type { Difference } from './ask.ts'
import { BaseAsk, otherArgs } from './asks.ts'
import type { Life } from './life.ts'
import type { RecordBody } from './log.ts'
import { pack } from './values.ts'
import type { Outcome, Packed } from './values.ts'

/** A step made of steps: it runs in every life, and gives what it gave first. */
export class ComposeAsk extends BaseAsk<Json> {
  readonly what = 'composed step'
  readonly #name: string
  readonly #args: Packed
  #outcome: Outcome | undefined
  #live = false
  #began = 0

  constructor(life: Life, path: StepPath, name: string, args: Json | undefined) {
    super(life, path)
    this.#name = name
    this.#args = pack(args)
    this.#began = life.live ? performance.now() : 0
  }

  differs(record: JournalRecord): Difference | undefined {
    if (record.kind === 'pruned') return undefined
    if (record.kind !== 'call' || record.effect !== 'composed') return this.otherKind(record)
    return this.misnamed(record) ?? otherArgs(record, this.#args)
  }

  override settles(record: JournalRecord): boolean {
    return record.kind === 'call'
  }

  override ready(): boolean {
    return this.#outcome !== undefined
  }

  /** Takes what the work gave in this life. */
  done(outcome: Outcome): void {
    this.#outcome = outcome
    if (this.#live) this.#record(outcome)
    else this.life.scheduler.wake()
  }

  answer(record: JournalRecord, value: Json): void {
    if (record.kind !== 'call') return
    const { settled } = record
    this.waiter.settle(settled.ok ? { ok: true, value } : settled)
  }

  override again(record: JournalRecord): RecordBody {
    if (record.kind !== 'call' || !this.#outcome) return super.again(record)
    const { settled } = this.#outcome
    return { ...bodyOf(record), ...this.#head(), settled } as RecordBody
  }

  start(): void {
    this.#live = true
    if (this.#outcome) this.#record(this.#outcome)
  }

  #head() {
    const { path, seq } = this
    return {
      kind: 'call',
      path,
      seq,
      name: this.#name,
      args: this.#args.stored,
      effect: 'composed',
    } as const
  }

  #record(outcome: Outcome): void {
    const ms = this.#began === 0 ? 0 : Math.round(performance.now() - this.#began)
    const body = { ...this.#head(), settled: outcome.settled, attempts: 1, ms }
    const packed = [this.#args, outcome.packed]
    const { settled } = outcome
    this.life.settle(this, body, { synced: false, packed }, () =>
      this.waiter.settle(settled.ok ? { ok: true, value: outcome.packed?.value ?? null } : settled),
    )
  }
}
