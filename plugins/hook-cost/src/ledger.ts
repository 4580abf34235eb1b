import { printable, type Logger, type Usage } from '@llmspell/sdk'
import { dayOf, type Files } from './files.ts'
import { sumBy, Sums } from './sums.ts'
import type { CostKey, Costs, CostSum, Spent } from './types.ts'
import type { Warner } from './warner.ts'

const LONGEST = 100

/** What a call of a model tells. */
interface Called {
  readonly runId: string
  readonly actor: string
  readonly model: string
  readonly mock: boolean
  readonly usage?: Usage
}

/** Notes what calls of models cost, and keeps the sums. */
export class Ledger implements Costs {
  readonly #files: Files | undefined
  readonly #logger: Logger
  readonly #warner: Warner | undefined
  readonly #sums = new Sums()
  #writing = Promise.resolve()
  #told = false

  constructor(files: Files | undefined, logger: Logger, warner?: Warner) {
    this.#files = files
    this.#logger = logger
    this.#warner = warner
  }

  note(payload: unknown): void {
    const { runId, actor, model, mock, usage } = payload as Called
    if (!usage) return
    const { inputTokens, outputTokens, cost } = usage
    const spent: Spent = {
      run: printable(runId, LONGEST),
      agent: printable(actor, LONGEST),
      model: printable(model, LONGEST),
      day: dayOf(Date.now()),
      calls: 1,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      cost,
      unpriced: !mock && cost === 0 && inputTokens + outputTokens > 0 ? 1 : 0,
    }
    this.#sums.add(spent)
    this.#warner?.spent(spent)
  }

  async totals(by: CostKey, since?: number): Promise<readonly CostSum[]> {
    await this.write()
    const kept = (await this.#files?.rows(since)) ?? []
    const from = dayOf(since ?? 0)
    return sumBy([...kept, ...this.#sums.rows().filter(({ day }) => day >= from)], by)
  }

  /** Never rejects: what could not be written waits for the next time. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    if (!this.#files || this.#sums.rows().length === 0) return
    const rows = this.#sums.take()
    try {
      await this.#files.append(rows)
    } catch (error) {
      for (const row of rows) this.#sums.add(row)
      if (!this.#told) this.#logger.warn(`Costs cannot be kept: ${(error as Error).message}`)
      this.#told = true
    }
  }
}
