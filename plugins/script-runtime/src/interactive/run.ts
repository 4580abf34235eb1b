import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type {
  CallRecord,
  EntryEnd,
  EntryOptions,
  ErrorRecord,
  Evaluation,
  InteractiveRun,
  Renewal,
  Undone,
  Usage,
} from '@llmspell/sdk'
import { told } from '../references.ts'
import type { HostedSession } from '../transport/session.ts'
import type { Answering } from './host.ts'
import type { Callbacks } from './callbacks.ts'
import { TapeReplay } from './replay.ts'
import type { EntryScope } from './scope.ts'
import { tooMuch } from './tape.ts'
import type { Tape } from './tape.ts'

/** How long an entry that was ended may take to end by itself, before its engine is. */
const GRACE_MS = 500
/** Codes after which an engine cannot go on. */
const ENDS: ReadonlySet<string> = new Set(['SESSION_KILLED', 'MEMORY_LIMIT', 'ENGINE_FAILED'])

/** What a run of entries is made of. */
export interface EntryRunParts {
  readonly scope: EntryScope
  readonly tape: Tape
  readonly answering: Answering
  readonly callbacks: Callbacks
  readonly engine: { readonly name: string; readonly language: string }
  readonly open: () => Promise<HostedSession>
  /** Tells of the end of the run. */
  readonly ended: () => Promise<void>
}

/** Entries of one session, one after the other, in an engine that is opened anew where an entry takes it down. */
export class EntryRun implements InteractiveRun {
  readonly #parts: EntryRunParts
  #session: HostedSession
  /** Whatever is under way; the next waits for it. */
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(parts: EntryRunParts, session: HostedSession) {
    this.#parts = parts
    this.#session = session
    const { scope, tape, callbacks } = parts
    scope.enter = async (callback, args) => {
      const number = callbacks.engineNumber(callback)
      tape.invoke(callback, args)
      return this.#session.invoke(number, args)
    }
    scope.invoke = scope.enter
  }

  get id(): string {
    return this.#parts.scope.id
  }

  get language(): string {
    return this.#parts.engine.language
  }

  get engine(): string {
    return this.#parts.engine.name
  }

  get usage(): Usage {
    return this.#parts.scope.budget.usage
  }

  get calls(): number {
    return this.#parts.scope.budget.calls
  }

  get journal(): readonly CallRecord[] {
    return this.#parts.scope.journal.records()
  }

  evaluate(text: string, options: EntryOptions = {}): Promise<EntryEnd> {
    return this.#inTurn(() => this.#evaluate(text, options))
  }

  complete(text: string): Promise<readonly string[]> {
    return this.#inTurn(async () => this.#session.complete(text))
  }

  undo(): Promise<Undone | undefined> {
    return this.#inTurn(async () => {
      const { tape } = this.#parts
      if (!tape.mayDrop) throw tooMuch()
      const stays = tape.lastCalls()
      const mark = tape.drop()
      return mark && { text: mark.text, stays, ...(await this.#renew()) }
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const { scope, ended } = this.#parts
    scope.cancel(new SpellError('CANCELLED', 'The session was closed.'))
    await this.#last
    await scope.end()
    await this.#session.close()
    await ended()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      if (this.#closed) throw new SpellError('CANCELLED', 'The session is closed.')
      return act()
    })
    this.#last = turn.catch(() => {})
    return turn
  }

  async #evaluate(text: string, { signal, where }: EntryOptions): Promise<EntryEnd> {
    const { scope, tape } = this.#parts
    tape.begin(text, where)
    const ended = await this.#underLimits(signal, (session) => session.evaluate(text, where))
    scope.flush()
    if (ended.status === 'incomplete') tape.drop()
    if (ended.status !== 'error' || !ended.lost) return shown(scope, ended)
    tape.drop()
    return { ...shown(scope, ended), renewal: await this.#renew() }
  }

  async #underLimits(
    given: AbortSignal | undefined,
    evaluate: (session: HostedSession) => Promise<Evaluation>,
  ): Promise<Ended> {
    const { scope } = this.#parts
    using _ = scope.begin(given)
    const { signal } = scope
    const session = this.#session
    let clock: NodeJS.Timeout | undefined
    const stop = (): void => {
      clock = setTimeout(() => session.kill(), GRACE_MS)
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const evaluated = await evaluate(session)
      if (evaluated.status !== 'error') return evaluated
      return failed(evaluated.error, signal, ENDS.has(evaluated.error.code))
    } catch (error) {
      return failed(toErrorRecord(error), signal, true)
    } finally {
      clearTimeout(clock)
    }
  }

  /** A new engine at the place that the tape tells of; as far as it comes. */
  async #renew(): Promise<Renewal> {
    const { tape, answering, callbacks, open } = this.#parts
    const wanted = tape.entries.map(({ text }) => text)
    let reason: unknown = tape.full ? tooMuch() : undefined
    tape.cut(tape.whole)
    for (;;) {
      await this.#session.close()
      this.#session = await open()
      callbacks.renew()
      const replay = new TapeReplay(tape, callbacks)
      answering.replay = replay
      answering.late = replay.late
      const played = await replay.play(this.#session)
      answering.replay = undefined
      const { entries } = played
      if (played.reason === undefined) {
        await this.#goOn(replay)
        return renewal(entries, wanted, reason)
      }
      reason ??= played.reason
      tape.cut(entries)
    }
  }

  /** What was under way beside an entry that is no more goes on, as far as it had come. */
  async #goOn(replay: TapeReplay): Promise<void> {
    const { tape } = this.#parts
    for (const { call, reply } of tape.takeLate()) replay.late(call, reply)
    for (let asked = -1; asked !== tape.asked.length;) {
      asked = tape.asked.length
      await this.#session.responds()
    }
  }
}

/** An evaluation; `lost` where the engine cannot go on. */
type Ended =
  | Exclude<Evaluation, { status: 'error' }>
  | (Extract<Evaluation, { status: 'error' }> & { readonly lost: boolean })

function failed(found: ErrorRecord, signal: AbortSignal, lost: boolean): Ended {
  const error = signal.aborted && isEnd(found.code) ? toErrorRecord(signal.reason) : found
  return { status: 'error', error, lost }
}

const isEnd = (code: string): boolean => code === 'CANCELLED' || ENDS.has(code)

function shown(scope: EntryScope, ended: Ended): EntryEnd {
  const { redactor } = scope
  if (ended.status === 'incomplete') return ended
  if (ended.status === 'error') return { status: 'error', error: redactor.value(ended.error) }
  const { values, text } = ended
  return { status: 'value', values: redactor.value(values.map(told)), text: redactor.text(text) }
}

function renewal(entries: number, wanted: readonly string[], reason: unknown): Renewal {
  const lost = wanted.slice(entries)
  return { entries, lost, ...(reason === undefined ? {} : { reason: toErrorRecord(reason) }) }
}
