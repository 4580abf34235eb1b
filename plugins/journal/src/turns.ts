import type { Json, JournalRecord, SpellError, Stored } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import { encodeRecord, hashBehind } from './encode.ts'
import { dropped } from './errors.ts'
import { isFact } from './facts.ts'
import type { Life } from './life.ts'
import type { RecordBody } from './log.ts'
import type { Turns } from './scheduling.ts'
import type { Kept } from './signals.ts'
import { refOps } from './store.ts'

/** What the scheduler asks of a life. */
export class LifeTurns implements Turns {
  readonly #life: Life
  /** Records as a replay would write them. */
  readonly regenerated: RecordBody[] = []

  constructor(life: Life) {
    this.#life = life
  }

  value(stored: Stored): Promise<Json> {
    return this.#life.lent.value(stored)
  }

  broken(error: SpellError): void {
    this.#life.broken(error)
  }

  busy(): boolean {
    return this.#life.scopes.busy
  }

  /** Everything recorded has had its turn. */
  beyond(): boolean {
    if (this.#life.plan.mode === 'replay') {
      this.#life.stop(dropped(this.#life.row.runId, 'at the end of its journal'))
      return false
    }
    this.#life.live = true
    this.#accepted()
    void this.#life.lent
      .signals(this.#life.row.runId)
      .kept()
      .then(
        (kept) => this.#kept(kept),
        (error: unknown) => this.#life.crashed(error),
      )
    return true
  }

  #kept(kept: readonly Kept[]): void {
    this.#life.inbox.loaded = true
    this.#life.inbox.takes(...kept)
    this.#life.idle.look()
  }

  /** The code has asked for all that is recorded: it is the run's own from here on. */
  #accepted(): void {
    const { log, plan } = this.#life
    const { definition } = plan
    if (!definition || definition.hash === (log.stored.definition ?? log.row.definition).hash)
      return
    log.rewrite(refOps(definition.hash, log.row.runId), 0)
    void log.change({ definition })
  }

  holds(): boolean {
    return this.#life.ending.leaving || this.#life.ending.pendingCancel !== undefined
  }

  held(): void {
    this.#life.ending.stepped()
  }

  rests(): void {
    this.#life.idle.look()
  }

  began(): void {
    this.#life.ending.began()
    this.#life.idle.look()
  }

  passed(record: JournalRecord, ask: Ask | undefined): void {
    if (ask && ask.settles(record)) this.#life.lost(ask)
    if (this.#life.plan.mode === 'replay')
      this.regenerated.push(ask?.again(record) ?? this.#life.ending.again(record))
    if (this.#life.recorder.loops.size === 0) return
    const { bytes, hash } = encodeRecord(record)
    const last = hashBehind(record, hash)
    for (const loop of this.#life.recorder.loops) loop.takes(record, bytes.byteLength, last)
  }

  unasked(record: JournalRecord): boolean {
    switch (record.kind) {
      case 'decision':
      case 'pruned':
        return true
      case 'mark':
        return isFact(record) || this.#life.ending.unasked(record)
      case 'callback':
        return record.within === undefined
          ? this.#life.ending.missing(record)
          : this.#invoke(record)
      default:
        return this.#life.ending.unasked(record)
    }
  }

  #invoke(record: Extract<JournalRecord, { kind: 'callback' }>): boolean {
    const { within = '' } = record
    const scope = this.#life.scopes.around(within)
    if (!scope) return this.#life.ending.missing(record)
    const life = this.#life
    // A step that runs again counts on from here.
    life.scopes.inside(within, scope)
    life.scheduler.clock = record.at
    // What the function throws was heard by the step, whose outcome is recorded.
    const invoked = (args: Json): void =>
      void life.host.invokeRecorded(scope, record.ref, args).catch(() => {})
    life.value(record.args).then(invoked, (error: unknown) => life.crashed(error))
    return true
  }
}
