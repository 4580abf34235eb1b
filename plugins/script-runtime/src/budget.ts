import { SpellError } from '@llmspell/sdk'
import type { RunLimits, Usage } from '@llmspell/sdk'
import { givenLimits } from './given-limits.ts'

/** What a run may use when nothing is said. */
export const DEFAULT_LIMITS = {
  memoryBytes: 64 * 1024 * 1024,
  calls: 1_000_000,
  outputBytes: 16 * 1024 * 1024,
} as const satisfies RunLimits

/** Counts what a run uses and says no at its limits. */
export class Budget {
  readonly limits: RunLimits & typeof DEFAULT_LIMITS
  #calls = 0
  /** Calls before those that the limit is for. */
  #before = 0
  #output = 0
  #usage: Usage = { inputTokens: 0, outputTokens: 0, cost: 0 }

  constructor(limits: RunLimits = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...givenLimits(limits) } as Budget['limits']
  }

  get calls(): number {
    return this.#calls
  }

  get usage(): Usage {
    return this.#usage
  }

  /** Counts one call and gives its number. @throws BUDGET_EXCEEDED */
  call(): number {
    if (this.#calls - this.#before >= this.limits.calls)
      throw exceeded('calls', this.limits.calls, '--max-calls')
    return this.#calls++
  }

  /** Counts calls and output from here on anew. */
  renew(): void {
    this.#before = this.#calls
    this.#output = 0
  }

  /** @throws OUTPUT_LIMIT */
  output(text: string): void {
    this.#output += Buffer.byteLength(text)
    if (this.#output <= this.limits.outputBytes) return
    throw new SpellError(
      'OUTPUT_LIMIT',
      `The script printed more than its limit of ${this.limits.outputBytes} bytes.`,
      {
        hint: 'Print less, or raise --max-output.',
      },
    )
  }

  spend(usage: Partial<Usage>): void {
    this.#usage = {
      inputTokens: this.#usage.inputTokens + (usage.inputTokens ?? 0),
      outputTokens: this.#usage.outputTokens + (usage.outputTokens ?? 0),
      cost: this.#usage.cost + (usage.cost ?? 0),
    }
  }
}

function exceeded(what: string, limit: number, flag: string): SpellError {
  return new SpellError('BUDGET_EXCEEDED', `The run has used its budget of ${limit} ${what}.`, {
    hint: `Raise ${flag}, or do less.`,
    details: { limit, used: limit, budget: what },
  })
}
