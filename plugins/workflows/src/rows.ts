import { isRef } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import type { Failure } from './execution.ts'
import type { StepRow } from './types.ts'

interface Spent {
  readonly usage?: Value
  readonly cost?: Value
  readonly untrusted?: Value
}

/** What the steps of an execution came to. */
export class Rows {
  readonly list: StepRow[] = []
  readonly agents: Record<string, Value> = {}
  failure: Failure | undefined
  completed = 0
  failed = 0
  skipped = 0
  inputTokens = 0
  outputTokens = 0
  cost = 0
  untrusted = false
  /** Off where rows are summed up at the end, or only those of the last round are kept. */
  keeps = true

  add(row: StepRow): void {
    this[row.status]++
    if (this.keeps) this.list.push(row)
  }

  /** Forgets the rows, not their count. */
  clear(): void {
    this.list.length = 0
  }

  /** Puts rows that sum up in the place of all that came before. */
  replace(rows: readonly StepRow[]): void {
    this.clear()
    this.completed = this.failed = this.skipped = 0
    for (const row of rows) this.add(row)
  }

  fail(failure: Failure): void {
    this.failure ??= failure
  }

  /** Counts what a call says of itself. */
  spend(metadata: unknown): void {
    if (typeof metadata !== 'object' || metadata === null) return
    const { usage, cost, untrusted } = metadata as Spent
    if (typeof usage === 'object' && usage !== null && !isRef(usage, 'handle')) {
      const { input_tokens, output_tokens } = usage as Readonly<Record<string, Value>>
      this.inputTokens += typeof input_tokens === 'number' ? input_tokens : 0
      this.outputTokens += typeof output_tokens === 'number' ? output_tokens : 0
    }
    if (typeof cost === 'number') this.cost += cost
    if (untrusted === true) this.untrusted = true
  }
}
