import { fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, HostReply, SessionOptions, SpellError } from '@llmspell/sdk'
import { withHint } from './hints.ts'
import { NO_ANSWER, endless, memoryLimit, stuck, unreadable } from './lost.ts'
import { Thrown } from './quickjs.ts'
import type { Machine } from './machine.ts'
import { parseGuest } from './incoming.ts'

/** Values and marks of a promise of the guest that was fulfilled. */
export interface Ended {
  readonly values: unknown
  readonly marks: unknown
  readonly bytes: ReadonlyMap<number, Uint8Array>
}

interface Wait {
  readonly resolve: (ended: Ended) => void
  readonly reject: (error: unknown) => void
}

/** Rounds of 1,000 jobs that promises may go on without waiting for anything. */
const MOST_ROUNDS = 20_000

/** Lets the guest run: enters it, goes on with its promises, and knows when nothing is left to wait for. */
export class Driver {
  readonly #machine: Machine
  readonly #settle: (ticket: string, reply: string) => void
  readonly #describe: (thrown: number, compiling: boolean) => string
  readonly #waits = new Map<string, Wait>()
  /** Host calls that keep the run alive. */
  readonly #live = new Set<string>()
  #idle: (() => void)[] = []
  #tickets = 0
  #pumping = false
  /** Guest functions that the host may still call. */
  reachable: () => boolean = () => false
  /** Names that a script may have meant. */
  names: readonly string[] = []
  /** An error of a timer or a task that nobody waits for. */
  uncaught: SpellError | undefined
  /** Where somebody sits, who is told of each such error. */
  #host: Pick<SessionOptions, 'uncaught'> = {}

  constructor(
    machine: Machine,
    settle: (ticket: string, reply: string) => void,
    describe: (thrown: number, compiling: boolean) => string,
  ) {
    this.#machine = machine
    this.#settle = settle
    this.#describe = describe
  }

  /** A promise of the guest, by the ticket that `start` hands to it. */
  watch(start: (ticket: string) => void): Promise<Ended> {
    const ticket = `${++this.#tickets}`
    const { promise, resolve, reject } = Promise.withResolvers<Ended>()
    this.#waits.set(ticket, { resolve, reject })
    try {
      this.entry(() => start(ticket))
    } catch (error) {
      this.#waits.delete(ticket)
      promise.catch(() => {})
      throw error
    }
    return promise
  }

  /** The guest says how a watched promise has ended. */
  done(ticket: string, reply: string, bytesOf: (marks: unknown) => Ended['bytes']): void {
    const wait = this.#waits.get(ticket)
    this.#waits.delete(ticket)
    if (this.#machine.refused) return wait?.reject(memoryLimit())
    try {
      const found = parseGuest(reply.slice(1))
      if (reply[0] !== '+') wait?.reject(this.#error(found))
      else wait?.resolve(endedOf(found as readonly unknown[], bytesOf))
    } catch (error) {
      wait?.reject(error)
    }
  }

  #error(found: unknown): SpellError {
    return fromErrorRecord(withHint(found as ErrorRecord, this.names))
  }

  /** A host call on its way. @returns its ticket as the guest knows it */
  later(reply: Promise<HostReply>, quiet: boolean, answer: (reply: HostReply) => string): string {
    const ticket = `${++this.#tickets}`
    if (!quiet) this.#live.add(ticket)
    const settle = (found: HostReply): void => {
      this.#live.delete(ticket)
      if (!this.#machine.lost) this.#attempt(() => this.#settle(ticket, answer(found)))
    }
    reply.then(settle, () => settle(NO_ANSWER))
    return `~${ticket}`
  }

  /** The guest no longer waits for a call. */
  forget(ticket: string): void {
    this.#live.delete(ticket)
  }

  /** Enters the guest and goes on with what became ready. @throws what the entry throws */
  entry(fn: () => void): void {
    let more = true
    try {
      more = this.#machine.enter(() => {
        fn()
        return this.#jobs()
      })
    } finally {
      if (more) void this.#pump()
      else if (!this.#pumping) this.#rest()
    }
  }

  #attempt(fn: () => void): void {
    try {
      this.entry(fn)
    } catch (error) {
      this.#broken(error)
    }
  }

  /** An error that belongs to no promise of the script. */
  #broken(error: unknown): void {
    if (this.#machine.lost) return this.abandon(this.#machine.lost)
    const known = error instanceof Thrown ? this.failure(error) : (error as SpellError)
    this.#stray(known)
  }

  /** From here on errors that nothing takes are told as they come. */
  attend(host: Pick<SessionOptions, 'uncaught'>): void {
    this.#host = host
  }

  #stray(error: SpellError): void {
    if (!this.#host.uncaught) this.uncaught ??= error
    else if (error.code !== 'CANCELLED') this.#host.uncaught(toErrorRecord(error))
  }

  /** Rejections that are nobody's while no entry is under way. */
  #tellRejections(): void {
    if (!this.#host.uncaught || this.#waits.size > 0) return
    for (const reason of this.#machine.rejections.takeAll())
      this.#stray(this.failure(new Thrown(reason)))
  }

  /** An error of the guest that no promise takes. */
  tell(text: string): void {
    this.#stray(this.#error(parseGuest(text)))
  }

  /** Goes on until no promise is ready. Between rounds the host's own promises have their turn. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    await Promise.resolve()
    for (let round = 0; this.#round(); round++) {
      if (round === MOST_ROUNDS) this.#machine.lost ??= endless()
      await Promise.resolve()
    }
    this.#pumping = false
    this.#rest()
  }

  #round(): boolean {
    if (this.#machine.lost || this.#machine.refused) return false
    try {
      return this.#machine.enter(() => this.#jobs())
    } catch (error) {
      this.#broken(error)
      return false
    }
  }

  /** At most 1,000 jobs. @returns true where more are ready */
  #jobs(): boolean {
    try {
      return this.#machine.jobs()
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      this.#broken(error)
      return true
    }
  }

  /** Nothing is ready. */
  #rest(): void {
    if (this.#machine.lost) return this.abandon(this.#machine.lost)
    if (this.#machine.refused) {
      this.#machine.refused = false
      return this.abandon(memoryLimit())
    }
    this.#tellRejections()
    if (this.#live.size > 0) return
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
    if (this.#waits.size > 0 && !this.reachable()) this.abandon(stuck())
  }

  /** Resolves when no promise is ready and no host call is on its way. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      void this.#pump()
    })
  }

  /** What makes a run fail whose script has ended well; it is told once. */
  takeUncaught(): SpellError | undefined {
    const error = this.#machine.lost ?? this.uncaught
    this.uncaught = undefined
    const reason = this.#machine.lost ? undefined : this.#machine.rejections.take()
    if (reason === undefined) return error
    return error ?? this.failure(new Thrown(reason))
  }

  /** Ends everything that waits, without entering the guest. */
  abandon(error: SpellError): void {
    const [waits, idle] = [[...this.#waits.values()], this.#idle]
    this.#waits.clear()
    this.#idle = []
    this.uncaught ??= idle.length > 0 ? error : undefined
    for (const wait of waits) wait.reject(error)
    for (const resolve of idle) resolve()
  }

  /** What was thrown as a SpellError. */
  failure(error: unknown, compiling = false): SpellError {
    if (this.#machine.lost) return this.#machine.lost
    if (this.#machine.refused) return memoryLimit()
    if (!(error instanceof Thrown)) return error as SpellError
    try {
      const text = this.#machine.enter(() => this.#describe(error.value, compiling))
      return this.#error(parseGuest(text))
    } catch {
      return this.#machine.lost ?? unreadable()
    }
  }
}

function endedOf(
  [values, marks]: readonly unknown[],
  bytesOf: (marks: unknown) => Ended['bytes'],
): Ended {
  return { values, marks, bytes: bytesOf(marks) }
}
