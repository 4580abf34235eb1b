import type { Scheduler } from './scheduler.ts'
import type { Kept } from './signals.ts'
import { SignalAsk } from './waits.ts'

/** Signals that a run has been sent and that no wait has taken. */
export class Inbox {
  readonly #scheduler: Scheduler
  readonly #kept: Kept[] = []
  /** What comes while the store is read comes twice. */
  readonly #seen = new Set<string>()

  /** What came before this life has been read: a wait that is open is one that nothing has come for. */
  loaded = false

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** Waits for signals, in order of asking. */
  get waits(): readonly SignalAsk[] {
    return this.#scheduler.pending.filter((ask) => ask instanceof SignalAsk)
  }

  takes(...signals: Kept[]): void {
    for (const signal of signals) {
      if (this.#seen.has(signal.signalId)) continue
      this.#seen.add(signal.signalId)
      this.#kept.push(signal)
    }
    this.look()
  }

  /** Gives what is kept to those who wait for it, in order of acceptance and of asking. */
  look(): void {
    for (const wait of this.waits) {
      const index = this.#kept.findIndex((signal) => fits(wait, signal))
      const signal = this.#kept[index]
      if (signal && wait.take(signal)) this.#kept.splice(index, 1)
    }
  }
}

/** One that came before its schema was known may be wrong: it stays where it is. */
function fits({ name, validator }: SignalAsk, signal: Kept): boolean {
  return signal.name === name && (!validator || validator(structuredClone(signal.payload)))
}
