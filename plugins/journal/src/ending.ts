import type { Json, JournalRecord, SpellError, StepContext } from '@llmspell/sdk'
import { bodyOf } from './ask.ts'
import { outcomeOf } from './asks.ts'
import { Scope } from './context.ts'
import { cancelled, dropped, neverAsked } from './errors.ts'
import { Lane } from './lane.ts'
import type { Life } from './life.ts'
import type { RecordBody } from './log.ts'
import { ROOT } from './paths.ts'
import { Random } from './random.ts'
import type { StoredRun } from './store.ts'
import type { Outcome } from './values.ts'

type Begin = Extract<JournalRecord, { kind: 'begin' }>
type Cancel = NonNullable<StoredRun['cancel']>

/** How a life ended. */
export type LifeEnd =
  | { readonly as: 'ended'; readonly outcome: Outcome }
  | { readonly as: 'again'; readonly input: Json }
  | { readonly as: 'stopped'; readonly error: SpellError }

/** An undo may take longer than a step that is cancelled, but not for ever. */
const UNDO_GRACES = 12

interface Undo {
  readonly name: string
  readonly undo: (step: StepContext) => Promise<void>
}

/** The beginning of a life and all its ends: by itself, by cancellation, by leaving memory. */
export class Ending {
  readonly #life: Life
  readonly #over = Promise.withResolvers<LifeEnd>()
  readonly #undos: Undo[] = []
  /** Undo steps hear nothing of the cancellation. */
  readonly #shielded = new Lane()
  #outcome: Outcome | undefined
  #again: { input: Json } | undefined
  #cancel: Cancel | undefined
  #leaving: SpellError | undefined
  #finishing = false

  constructor(life: Life) {
    this.#life = life
  }

  get over(): Promise<LifeEnd> {
    return this.#over.promise
  }

  /** A cancellation that was accepted before, or none. */
  get pendingCancel(): Cancel | undefined {
    return this.#cancel ? undefined : this.#life.log.stored.cancel
  }

  compensate(undo: Undo): void {
    this.#undos.push(undo)
  }

  continueAsNew(input: Json): void {
    this.#again = { input }
  }

  /** The run is live. */
  began(): void {
    const { pendingCancel } = this
    if (pendingCancel) return this.cancel(pendingCancel)
    if (this.#outcome) this.#finish(this.#outcome)
  }

  cancel({ code, reason }: Cancel): void {
    const life = this.#life
    if (!life.live || life.closed || this.#cancel) return
    this.#cancel = { code, reason }
    life.settle(undefined, { kind: 'cancel', path: ROOT, code, reason }, { synced: true }, () => {
      life.cancel(life.root, cancelled(reason, code))
      if (!this.#leaving) life.scheduler.release()
      if (this.#outcome) this.#finish(this.#outcome)
    })
  }

  unasked(record: JournalRecord): boolean {
    if (record.kind === 'begin') return this.#begin(record)
    if (record.kind === 'end') return this.#closing()
    return record.kind === 'cancel' ? this.#cancelled(record) : this.missing(record)
  }

  /** Nobody has asked for the record yet. */
  missing(record: JournalRecord): false {
    if (this.#outcome) this.#life.broken(neverAsked(record, 'the end of the run'))
    return false
  }

  again(record: JournalRecord): RecordBody {
    if (record.kind !== 'end' || !this.#outcome) return bodyOf(record)
    return { kind: 'end', path: ROOT, outcome: this.#endOf(this.#outcome) }
  }

  #begin(record: Begin): boolean {
    this.#life.random = new Random(record.seed)
    this.#life.scheduler.clock = record.at
    void this.#main(record).catch((error: unknown) => this.#life.crashed(error))
    return true
  }

  #cancelled({ code, reason, at }: Extract<JournalRecord, { kind: 'cancel' }>): boolean {
    this.#cancel = { code, reason }
    this.#life.scheduler.clock = at
    this.#life.cancel(this.#life.root, cancelled(reason, code))
    return true
  }

  #closing(): boolean {
    const outcome = this.#outcome
    if (outcome) {
      setImmediate(() => this.#close({ as: 'ended', outcome }))
      return true
    }
    return false
  }

  async #main(begin: Begin): Promise<void> {
    const life = this.#life
    const definition = life.plan.definition ?? life.log.stored.definition ?? begin.definition
    const context = new Scope(life, ROOT, life.root)
    const input = await life.value(begin.input)
    const outcome = await outcomeOf(() => life.host.runDefinition(definition, context, input))
    if (!outcome.settled.ok && !this.#again) await this.#undo()
    life.scopes.leave(context)
    if (life.closed) return
    this.#outcome = outcome
    if (life.live && !this.pendingCancel) this.#finish(outcome)
    else life.scheduler.wake()
  }

  /** In reverse order; one that fails is told, and the next goes on. */
  async #undo(): Promise<void> {
    if (this.#undos.length === 0) return
    const scope = new Scope(this.#life, `${ROOT}~undo`, this.#shielded)
    for (const { name, undo } of this.#undos.splice(0).toReversed()) {
      try {
        const timeoutMs = UNDO_GRACES * this.#life.lent.graceMs
        await scope.step(name, undo, { effect: 'idempotent', timeoutMs })
      } catch (error) {
        this.#life.logger.warn(
          `Run '${this.#life.row.runId}' could not undo '${name}': ${String(error)}`,
        )
      }
    }
    this.#life.scopes.leave(scope)
  }

  #finish(outcome: Outcome): void {
    if (this.#finishing) return
    this.#finishing = true
    if (this.#again) return this.#close({ as: 'again', input: this.#again.input })
    const life = this.#life
    const body: RecordBody = { kind: 'end', path: ROOT, outcome: this.#endOf(outcome) }
    const endedAt = Math.max(life.log.at, life.timers.clock.now())
    const expiresAt = endedAt + life.log.stored.retentionMs
    const row = { ...endOf(body.outcome), endedAt, expiresAt, waiting: undefined as never }
    life.log.patch({ row })
    life.settle(undefined, body, { synced: true, packed: [outcome.packed] }, () =>
      this.#close({ as: 'ended', outcome }),
    )
  }

  #endOf({ settled }: Outcome): Extract<JournalRecord, { kind: 'end' }>['outcome'] {
    if (settled.ok || !this.#cancel) return settled
    const { code, reason } = this.#cancel
    if (code === 'CANCELLED') return { cancelled: reason }
    const { code: _code, ...rest } = settled.error
    return settled.error.code === code ? settled : { ok: false, error: { ...rest, code } }
  }

  /** Leaves memory when no step is under way any more; nothing new begins. */
  leave(error: SpellError): void {
    if (this.#life.closed) return
    this.#leaving ??= error
    this.#life.scheduler.hold()
    this.stepped()
  }

  get leaving(): boolean {
    return this.#leaving !== undefined
  }

  /** A step has come to its end. */
  stepped(): void {
    this.#life.idle.look()
    if (this.#leaving && this.#life.underWay === 0) this.stopped(this.#leaving)
  }

  stopped(error: SpellError): void {
    if (this.#life.closed) return
    this.#close({ as: 'stopped', error })
  }

  #close(end: LifeEnd): void {
    this.#life.scheduler.close()
    this.#over.resolve(end)
    const why = dropped(this.#life.row.runId, end.as === 'ended' ? 'at its end' : 'out of memory')
    this.#life.root.drop(why)
    this.#shielded.drop(why)
  }
}

/** Status and reason that a run has by its last record. */
export function endOf(outcome: Extract<JournalRecord, { kind: 'end' }>['outcome']) {
  if ('cancelled' in outcome) {
    const { code, message, hint } = cancelled(outcome.cancelled)
    return { status: 'cancelled', reason: { code, message, ...(hint && { hint }) } } as const
  }
  return outcome.ok
    ? ({ status: 'succeeded' } as const)
    : ({ status: 'failed', reason: outcome.error } as const)
}
