import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import type { Clock, TimerRecord } from '@llmspell/sdk'

/** Beyond 2^31 ms a timer of Node fires at once; a day is looked at often enough. */
const LONGEST_MS = 24 * 60 * 60 * 1000

/** The clocks of this machine. */
export function systemClock(): Clock {
  const boot = bootId()
  return {
    now: () => Date.now(),
    mono: () => ({ bootId: boot, ms: Math.round(uptime() * 1000) }),
    after: (ms, fn) => {
      const timer = setTimeout(fn, ms)
      return () => clearTimeout(timer)
    },
  }
}

/** Without one of the machine, one of the process: then the wall clock decides after a restart. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return randomUUID()
  }
}

/** When something is due, whatever happens to the clocks. */
export class Timers {
  readonly clock: Clock
  /** The latest wall time that this store has seen. */
  #mark: number

  constructor(clock: Clock, mark: number) {
    this.clock = clock
    this.#mark = mark
  }

  get mark(): number {
    return (this.#mark = Math.max(this.#mark, this.clock.now()))
  }

  begin(delayMs: number): TimerRecord {
    const { bootId, ms } = this.clock.mono()
    return { bootId, monoMs: ms, wallMs: this.clock.now(), delayMs }
  }

  /** ms until it is due, zero or less when it is. */
  left({ bootId, monoMs, wallMs, delayMs }: TimerRecord): number {
    const mono = this.clock.mono()
    if (mono.bootId === bootId) return delayMs - (mono.ms - monoMs)
    return wallMs + delayMs - this.mark
  }

  /** Calls when it is due, never before, in slices that a timer can take. */
  when(timer: TimerRecord, fn: () => void): () => void {
    return this.#slices(() => this.left(timer), fn)
  }

  /** Calls at a time of the wall clock. */
  at(time: number, fn: () => void): () => void {
    return this.#slices(() => time - this.clock.now(), fn)
  }

  #slices(left: () => number, fn: () => void): () => void {
    let undo = (): void => {}
    const look = (): void => {
      const ms = left()
      undo = this.clock.after(Math.min(Math.max(ms, 0), LONGEST_MS), ms <= 0 ? fn : look)
    }
    look()
    return () => undo()
  }
}
