import type { Logger } from '@llmspell/sdk'
import { dayOf, type Files } from './files.ts'
import type { Spent } from './types.ts'

export interface Limits {
  readonly warn_run?: number
  readonly warn_day?: number
}

const MOST_RUNS = 10_000

/** Says once when a run, or a day, has cost more than the config wants to hear of. */
export class Warner {
  readonly #limits: Limits
  readonly #files: Files | undefined
  readonly #logger: Logger
  readonly #runs = new Map<string, number>()
  #day = ''
  #ofDay = 0
  #dayTold = false

  constructor(limits: Limits, files: Files | undefined, logger: Logger) {
    this.#limits = limits
    this.#files = files
    this.#logger = logger
  }

  spent({ run, cost, day }: Spent): void {
    if (cost === 0) return
    this.#ofRun(run, cost)
    if (this.#limits.warn_day !== undefined) this.#today(day, cost)
  }

  forget(run: string): void {
    this.#runs.delete(run)
  }

  #ofRun(run: string, cost: number): void {
    const { warn_run: limit = Infinity } = this.#limits
    const before = this.#runs.get(run) ?? 0
    if (this.#runs.size < MOST_RUNS || before > 0) this.#runs.set(run, before + cost)
    if (before > limit || before + cost <= limit) return
    this.#logger.warn(`Run '${run}' has cost ${dollars(before + cost)}: ${over('warn_run', limit)}`)
  }

  #today(day: string, cost: number): void {
    if (day !== this.#day) {
      this.#day = day
      this.#ofDay = 0
      this.#dayTold = false
      void this.#readDay(day)
    }
    this.#ofDay += cost
    this.#tellDay()
  }

  /** What other processes, and earlier ones, have spent today. */
  async #readDay(day: string): Promise<void> {
    const rows = await this.#files?.rows(Date.parse(day)).catch(() => [])
    if (!rows || dayOf(Date.now()) !== day) return
    this.#ofDay += rows.reduce((sum, { cost }) => sum + cost, 0)
    this.#tellDay()
  }

  #tellDay(): void {
    const { warn_day: limit = Infinity } = this.#limits
    if (this.#dayTold || this.#ofDay <= limit) return
    this.#dayTold = true
    this.#logger.warn(`Today has cost ${dollars(this.#ofDay)}: ${over('warn_day', limit)}`)
  }
}

function over(key: string, limit: number): string {
  return `more than plugins.hook-cost.${key}, ${dollars(limit)}.`
}

function dollars(amount: number): string {
  return `$${amount >= 1 ? amount.toFixed(2) : String(Number(amount.toPrecision(2)))}`
}
