import { fromErrorRecord } from '@llmspell/sdk'
import type {
  DefinitionRef,
  Effect,
  Json,
  JournalRecord,
  Settled,
  StepContext,
  StepOptions,
  StepPath,
} from '@llmspell/sdk'
import type { Difference } from './ask.ts'
import { bodyOf } from './ask.ts'
import { BaseAsk, otherArgs } from './asks.ts'
import { attempt } from './attempt.ts'
import type { Attempted } from './attempt.ts'
import { sha256 } from './encode.ts'
import type { Life } from './life.ts'
import type { RecordBody } from './log.ts'
import { decided, inDoubt } from './uncertain.ts'
import { failed, pack, shortDigest } from './values.ts'
import type { Packed } from './values.ts'

type Work = (step: StepContext) => Promise<Json | void>
type Options = StepOptions<Json | void>
type Call = Extract<JournalRecord, { kind: 'call' }>

/** Work on the world: it runs once and is answered by the journal afterwards. */
export class StepAsk extends BaseAsk<Json> {
  readonly what = 'step'
  readonly name: string
  readonly args: Packed
  readonly effect: Effect
  readonly options: Options
  readonly work: Work
  /** True for what ends by rules of its own when it is cancelled. */
  readonly endsByItself: boolean = false
  /** Ends the step by itself: its branch, or the run, was cancelled. */
  readonly signal: AbortSignal

  constructor(
    life: Life,
    path: StepPath,
    call: { name: string; work: Work; options: Options; signal: AbortSignal },
  ) {
    super(life, path)
    this.name = call.name
    this.work = call.work
    this.options = call.options
    this.signal = call.signal
    this.effect = call.options.effect ?? 'unsafe'
    this.args = pack(call.options.args)
  }

  get idempotencyKey(): string {
    return sha256(`${this.life.keyOf}/${this.path}`).slice(0, 32)
  }

  differs(record: JournalRecord): Difference | undefined {
    if (record.kind === 'decision') return undefined
    if (record.kind === 'intent')
      return this.misnamed(record) ?? this.#otherDigest(record.args, record)
    if (record.kind !== 'call' || record.effect === 'composed') return this.otherKind(record)
    return this.misnamed(record) ?? otherArgs(record, this.args)
  }

  #otherDigest(digest: string, record: JournalRecord): Difference | undefined {
    const found = shortDigest(this.args)
    if (digest === found) return undefined
    return { expected: `'${record.path}' with arguments of digest ${digest}`, found }
  }

  override settles(record: JournalRecord): boolean {
    return record.kind === 'call'
  }

  answer(record: JournalRecord, value: Json): void {
    void this.#tell(record as Call, value)
  }

  /** What it handed out and spent comes again, then the outcome. */
  async #tell({ chunks, usage, settled }: Call, value: Json): Promise<void> {
    try {
      if (chunks && this.options.onChunk) {
        const pieces = 'inline' in chunks ? chunks.inline : await this.life.value(chunks)
        for (const piece of pieces as readonly Json[]) await this.options.onChunk(piece)
      }
      if (usage) this.options.onReplayed?.(usage)
      this.waiter.settle(settled.ok ? { ok: true, value } : settled)
    } catch (error) {
      this.waiter.reject(error)
    }
  }

  override again(record: JournalRecord): RecordBody {
    const { path, seq, name, effect } = this
    if (record.kind === 'intent')
      return { ...bodyOf(record), path, seq, args: shortDigest(this.args) } as RecordBody
    if (record.kind !== 'call') return super.again(record)
    return { ...bodyOf(record), path, seq, name, effect, args: this.args.stored } as RecordBody
  }

  start(before: readonly JournalRecord[]): void {
    const { running } = this.life.idle
    running.add(this)
    if (this.effect === 'unsafe' && inDoubt(before)) this.life.doubts.add(this)
    void this.#run(before)
      .catch((error: unknown) => this.life.crashed(error))
      .finally(() => {
        running.delete(this)
        this.life.ending.stepped()
      })
  }

  async #run(before: readonly JournalRecord[]): Promise<void> {
    if (this.effect === 'unsafe') {
      const known = await decided(this, before)
      if (known === 'stopped' || this.life.closed) return
      this.life.doubts.remove(this)
      if (known) return this.#settle(known)
      await this.life.doubts.none(this)
    }
    if (this.signal.aborted) return this.#settle(unbegun(this.signal))
    if (this.effect === 'unsafe') await this.#intend()
    if (this.life.closed) return
    this.life.point('before-effect', this.path, 'call')
    const outcome = await attempt(this)
    if (this.life.closed) return
    this.life.point('after-effect', this.path, 'call')
    this.#settle(outcome)
  }

  /** On disk before the work starts: whoever finds it later knows that it may have happened. */
  #intend(): Promise<void> {
    const { path, seq } = this
    const args = shortDigest(this.args)
    return this.life.note({ kind: 'intent', path, seq, process: this.life.process, args }, true)
  }

  #settle({ outcome, attempts, ms, chunks, usage }: Attempted): void {
    const { path, seq, name, effect, args } = this
    const body: RecordBody = {
      kind: 'call',
      path,
      seq,
      name,
      args: args.stored,
      effect,
      settled: outcome.settled,
      ...(chunks && { chunks: chunks.stored }),
      attempts,
      ms,
      ...(usage && { usage }),
    }
    const packed = [args, outcome.packed, chunks]
    this.life.settle(this, body, { synced: effect !== 'pure', packed }, () =>
      this.#hand(outcome.settled, outcome.packed?.value ?? null),
    )
  }

  #hand(settled: Settled, value: Json): void {
    if (settled.ok) this.waiter.resolve(value)
    else this.waiter.reject(fromErrorRecord(settled.error))
  }
}

/** Its lane was cancelled before it began. */
function unbegun(signal: AbortSignal): Attempted {
  return { outcome: failed(signal.reason), attempts: 0, ms: 0 }
}

export interface Child {
  readonly definition: DefinitionRef
  readonly input: Json
  readonly onParentCancel?: 'cancel' | 'leave'
}

/** Another run: it goes on by itself where this one leaves memory. */
export class ChildAsk extends StepAsk {
  override readonly endsByItself = true
}

export function childAsk(
  life: Life,
  path: StepPath,
  { name, signal, child }: { name: string; signal: AbortSignal; child: Child },
): ChildAsk {
  const { definition, input, onParentCancel = 'cancel' } = child
  const args = { definition: { ...definition }, input } as Json
  const work = (step: StepContext): Promise<Json> => {
    const { idempotencyKey: key, signal: ended } = step
    return life.lent.child(life, { path, key, definition, input, onParentCancel, signal: ended })
  }
  return new ChildAsk(life, path, { name, work, signal, options: { effect: 'idempotent', args } })
}
