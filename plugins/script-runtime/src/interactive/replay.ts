import { SpellError } from '@llmspell/sdk'
import type { HostCall, HostReply } from '@llmspell/sdk'
import { subject } from '../passage.ts'
import type { HostedSession } from '../transport/session.ts'
import type { Callbacks } from './callbacks.ts'
import type { Given, Mark, Tape } from './tape.ts'

/** What the replay of one entry may take. */
const PATIENCE_MS = 30_000

/** Runs the entries of a tape in a new engine and gives it what the tape has, in its order. Nothing is executed. */
export class TapeReplay {
  readonly #tape: Tape
  readonly #callbacks: Callbacks
  readonly #waiting = new Map<number, (reply: HostReply) => void>()
  #session: HostedSession | undefined
  #asked = 0
  #given = 0
  #end = 0
  #done = false
  #failed = Promise.withResolvers<never>()
  #whole = Promise.withResolvers<void>()

  constructor(tape: Tape, callbacks: Callbacks) {
    this.#tape = tape
    this.#callbacks = callbacks
  }

  /** Answers what the engine asks meanwhile. */
  call(call: HostCall): Promise<HostReply> {
    const recorded = this.#tape.asked[this.#asked]
    if (!recorded || !isSame(recorded, call)) {
      const error = differs(call, recorded)
      this.#failed.reject(error)
      return Promise.resolve({ ok: false, error: { code: error.code, message: error.message } })
    }
    this.#callbacks.again(call.args, recorded.args)
    const { promise, resolve } = Promise.withResolvers<HostReply>()
    this.#waiting.set(this.#asked++, resolve)
    this.#pump()
    return promise
  }

  /** Answers a call that the tape had no answer for. */
  readonly late = (call: number, reply: HostReply): void => {
    // While entries run again the tape has it by now, in its place.
    if (this.#done) this.#answer(call, reply)
  }

  /** @returns how many entries are there again. Never throws: the rest is told by its reason */
  async play(
    session: HostedSession,
  ): Promise<{ readonly entries: number; readonly reason?: unknown }> {
    this.#session = session
    const { entries, given } = this.#tape
    for (let i = 0; i < entries.length; i++) {
      try {
        await this.#entry(session, entries[i]!, entries[i + 1]?.given ?? given.length)
      } catch (reason) {
        return { entries: i, reason }
      }
    }
    this.#done = true
    // What came in meanwhile, behind the last entry.
    for (; this.#given < given.length; this.#given++) this.#give(given[this.#given]!)
    return { entries: entries.length }
  }

  async #entry(session: HostedSession, { text, where }: Mark, end: number): Promise<void> {
    this.#end = end
    this.#failed = Promise.withResolvers<never>()
    this.#whole = Promise.withResolvers<void>()
    const clock = setTimeout(() => this.#failed.reject(tooSlow()), PATIENCE_MS)
    try {
      const evaluated = session.evaluate(text, where)
      this.#pump()
      await Promise.race([Promise.all([evaluated, this.#whole.promise]), this.#failed.promise])
    } finally {
      clearTimeout(clock)
      this.#failed.promise.catch(() => {})
    }
  }

  #pump(): void {
    const { given } = this.#tape
    while (this.#given < this.#end && given[this.#given]!.after <= this.#asked)
      this.#give(given[this.#given++]!)
    if (this.#given >= this.#end) this.#whole.resolve()
  }

  #give(given: Given): void {
    if ('callback' in given) {
      const callback = this.#callbacks.engineNumber(given.callback)
      this.#session!.invoke(callback, given.args).catch(() => {})
      return
    }
    this.#answer(given.call, given.reply)
  }

  #answer(call: number, reply: HostReply): void {
    this.#waiting.get(call)?.(reply)
    this.#waiting.delete(call)
  }
}

function isSame(one: HostCall, other: HostCall): boolean {
  return (
    one.module === other.module && one.function === other.function && one.handle === other.handle
  )
}

function differs(call: HostCall, recorded: HostCall | undefined): SpellError {
  const found = recorded ? `${subject(recorded)} stands there` : 'its record ends before'
  const text = `Run again, an entry asks for ${subject(call)}, where ${found}.`
  return new SpellError('REPLAY_MISMATCH', text)
}

function tooSlow(): SpellError {
  const text = `Run again, an entry does not come to its end within ${PATIENCE_MS} ms.`
  return new SpellError('REPLAY_MISMATCH', text)
}
