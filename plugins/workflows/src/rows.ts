import { isRef } from '@llmspell/sdk'
import type { Usage, Value } from '@llmspell/sdk'
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

  /** Counts what a call says of itself. @returns what it took */
  spend(metadata: unknown): Usage {
    const { usage, cost, untrusted } = (metadata ?? {}) as Spent
    const counted = isTable(usage) ? usage : {}
    const spent = {
      inputTokens: amount(counted['input_tokens']),
      outputTokens: amount(counted['output_tokens']),
      cost: amount(cost),
    }
    this.inputTokens += spent.inputTokens
    this.outputTokens += spent.outputTokens
    this.cost += spent.cost
    if (untrusted === true) this.untrusted = true
    return spent
  }
}

const amount = (value: Value | undefined): number => (typeof value === 'number' ? value : 0)

function isTable(value: Value | undefined): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !isRef(value, 'handle')
}
