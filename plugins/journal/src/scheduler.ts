import type { SpellError } from '@llmspell/sdk'
import type { Json, JournalRecord, Stored } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import { mismatch, neverAsked } from './errors.ts'
import { Numbering } from './numbering.ts'
import { place } from './paths.ts'
import type { Patience, Turns } from './scheduling.ts'

/** Something that has settled and waits for its turn. */
export interface Delivery {
  ready: boolean
  readonly at: number
  deliver: () => void
}

/**
 * The one place where things settle: one at a time, in the order of the journal, the next when the code waits again. The
 * records of an earlier life come first; what they do not know is held until all of them have had their turn.
 */
export class Scheduler {
  readonly #records: readonly JournalRecord[]
  readonly #index = new Map<string, JournalRecord[]>()
  readonly #asks = new Map<string, Ask>()
  readonly #queue: Delivery[] = []
  readonly #held: Ask[] = []
  readonly numbering: Numbering
  readonly #turns: Turns
  readonly #limits: Patience
  #cursor = 0
  #head = 0
  #due = false
  #closed = false
  #hold = false
  #patience: NodeJS.Timeout | undefined
  /** ms since the epoch, of the last that settled. */
  clock = 0
  answering: boolean

  constructor(records: readonly JournalRecord[], turns: Turns, limits: Patience) {
    this.#records = records
    this.numbering = new Numbering(records)
    this.#turns = turns
    this.#limits = limits
    this.answering = records.length > 0
    for (const record of records) {
      const key = place(record.path)
      const known = this.#index.get(key)
      if (known) known.push(record)
      else this.#index.set(key, [record])
    }
  }

  /** How many records of earlier lives have had their turn. */
  get passed(): number {
    return this.#cursor
  }

  get closed(): boolean {
    return this.#closed
  }

  /** What was asked for and has not settled, in order of asking. */
  get pending(): readonly Ask[] {
    const asks = [...this.#asks.values()]
    return asks.length < 2 ? asks : asks.toSorted((a, b) => a.seq - b.seq)
  }

  recorded(path: string): readonly JournalRecord[] {
    return this.#index.get(place(path)) ?? []
  }

  ask(ask: Ask): void {
    const key = place(ask.path)
    if (this.#closed) return
    this.#asks.set(key, ask)
    if (!this.answering) return this.#start(ask)
    for (const record of this.#index.get(key) ?? []) {
      const difference = ask.differs(record)
      if (difference) return this.#turns.broken(mismatch(record, ask.path, difference))
    }
    this.wake()
  }

  /** Takes what has settled in this life. */
  push(ask: Ask | undefined, delivery: Delivery): void {
    const { deliver } = delivery
    const key = ask && place(ask.path)
    delivery.deliver = () => {
      if (key !== undefined) this.#asks.delete(key)
      deliver()
    }
    this.#queue.push(delivery)
    this.wake()
  }

  forget(ask: Ask): void {
    this.#asks.delete(place(ask.path))
  }

  /** Another turn, when the code waits. */
  wake(): void {
    if (this.#due || this.#closed) return
    this.#due = true
    setImmediate(() => this.#turn())
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#patience)
  }

  #turn(): void {
    this.#due = false
    if (this.#closed) return
    clearTimeout(this.#patience)
    if (this.answering ? this.#answer() : this.#deliver()) this.wake()
    // A value that is read from the store brings the next turn: a slow disk is no changed code.
    else if (this.#closed || this.#due) return
    else if (this.answering) this.#wait()
    else this.#turns.rests()
  }

  #deliver(): boolean {
    const next = this.#queue[this.#head]
    if (!next?.ready) return false
    this.#head++
    if (this.#head > 1_000 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head)
      this.#head = 0
    }
    this.clock = next.at
    next.deliver()
    return true
  }

  #answer(): boolean {
    const record = this.#records[this.#cursor]
    if (!record) return this.#live()
    const ask = this.#asks.get(place(record.path))
    if (!ask) return this.#unasked(record)
    if (!ask.settles(record)) return this.#pass(record, ask)
    if (!ask.ready()) return false
    const stored = storedOf(record)
    if (!stored || 'inline' in stored) return this.#settle(record, ask, stored?.inline ?? null)
    void this.#fetch(record, ask, stored)
    return false
  }

  #unasked(record: JournalRecord): boolean {
    return this.#turns.unasked(record) && this.#pass(record, undefined)
  }

  #pass(record: JournalRecord, ask: Ask | undefined): boolean {
    this.#cursor++
    this.#turns.passed(record, ask)
    return true
  }

  #settle(record: JournalRecord, ask: Ask, value: Json): boolean {
    this.#asks.delete(place(ask.path))
    this.clock = record.at
    this.#pass(record, ask)
    ask.answer(record, value)
    return true
  }

  async #fetch(record: JournalRecord, ask: Ask, stored: Stored): Promise<void> {
    this.#due = true
    try {
      const value = await this.#turns.value(stored)
      if (!this.#closed) this.#settle(record, ask, value)
    } catch (error) {
      this.#turns.broken(error as SpellError)
    }
    this.#due = false
    this.wake()
  }

  #live(): boolean {
    if (!this.#turns.beyond()) return false
    this.answering = false
    this.#hold = this.#turns.holds()
    for (const ask of this.pending) this.#start(ask)
    if (!this.#hold) this.#index.clear()
    this.#turns.began()
    return true
  }

  #start(ask: Ask): void {
    const before = this.recorded(ask.path)
    // What an earlier process has begun, and what is under way, must come to its end, whatever else is held.
    const begun = ask.within !== undefined || (before.length > 0 && !ask.waits)
    if (!this.#hold || begun) return ask.start(before)
    this.#held.push(ask)
    this.#turns.held()
  }

  /** True where something waits for the permission to begin. */
  get holds(): boolean {
    return this.#held.length > 0
  }

  /** From here on nothing new is begun. */
  hold(): void {
    this.#hold = true
  }

  /** What was held begins. */
  release(): void {
    this.#hold = false
    for (const ask of this.#held.splice(0))
      if (this.#asks.get(place(ask.path)) === ask) this.#start(ask)
  }

  #wait(): void {
    const { patienceMs, quietMs } = this.#limits
    const idle = this.#asks.size > 0 && !this.#turns.busy()
    const ms = idle ? Math.min(quietMs, patienceMs) : patienceMs
    this.#patience = setTimeout(() => this.stuck(), ms)
  }

  #found(): string {
    const texts = this.pending.slice(0, 3).map(({ path }) => `'${path}'`)
    return texts.length > 0 ? texts.join(', ') : 'nothing'
  }

  /** The next record is not asked for, and never will be. */
  stuck(): void {
    const record = this.#records[this.#cursor]
    if (!record || this.#closed) return
    const old = this.pending.find((ask) => ask.old && this.recorded(ask.path).length === 0)
    if (!old) return this.#turns.broken(neverAsked(record, this.#found()))
    this.#asks.delete(place(old.path))
    old.old?.()
    this.wake()
  }
}

function storedOf(record: JournalRecord): Stored | undefined {
  if (record.kind === 'call') return record.settled.ok ? record.settled.value : undefined
  if (record.kind === 'arrival') return record.value
  return record.kind === 'mark' ? record.data : undefined
}
