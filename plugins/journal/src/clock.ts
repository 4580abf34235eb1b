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

/** A clock that is further ahead of what was seen before is believed by the next process that finds it so. */
const JUMP_MS = LONGEST_MS

/** Wall times as an earlier process has written them down. */
export interface Seen {
  readonly mark: number
  /** What its clock said when that was not believed. */
  readonly ahead?: number
}

function believed(now: number, { mark, ahead }: Seen): number {
  const far = mark > 0 && now > mark + JUMP_MS
  return far && !(ahead !== undefined && ahead <= now) ? mark : now
}

/** When something is due, whatever happens to the clocks. */
export class Timers {
  readonly clock: Clock
  readonly #seen: Seen
  readonly #base: number
  readonly #monoMs: number

  constructor(clock: Clock, seen: Seen) {
    this.clock = clock
    this.#seen = seen
    this.#base = believed(clock.now(), seen)
    this.#monoMs = clock.mono().ms
  }

  /** The latest wall time that this store has seen; one that was far ahead was wrong. */
  get mark(): number {
    const now = this.clock.now()
    return this.#seen.mark > now + JUMP_MS ? now : Math.max(this.#seen.mark, now)
  }

  /** A time that is over for certain, so what has expired by it may go: a clock that has jumped is not believed. */
  get past(): number {
    return Math.min(this.clock.now(), this.#most)
  }

  /** What the next process is told. */
  get seen(): Seen {
    const now = this.clock.now()
    return now > this.#most ? { mark: this.past, ahead: now } : { mark: now }
  }

  get #most(): number {
    return this.#base + Math.max(0, this.clock.mono().ms - this.#monoMs) + JUMP_MS
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
